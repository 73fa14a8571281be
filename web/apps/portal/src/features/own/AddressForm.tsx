import { ProblemAlert } from "@atiende/ui";
import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import { sendCode, type Challenge, type Claim, type ProvableChannel } from "./challenge";
import { useTold } from "./told";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Asks where a code may go. Whether the city knows the address is not said to anybody. */
export function AddressForm({ before, onSent }: { before?: Claim | undefined; onSent: (challenge: Challenge) => void }) {
  const { t } = useTranslation();
  const told = useTold();
  const language = useLanguage();
  const [channel, setChannel] = useState<ProvableChannel>(before?.channel ?? "email");
  const [address, setAddress] = useState(before?.address ?? "");
  const [isWrong, setWrong] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // The same for a request that is made again, so that one code is sent and paid for once.
  const key = useRef(crypto.randomUUID());
  const send = useMutation({
    mutationFn: (claim: Claim) => sendCode(claim, language, key.current),
    onSuccess: onSent,
  });
  const isEmail = channel === "email";
  const change = (next: string) => {
    setAddress(next);
    key.current = crypto.randomUUID();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = address.trim();
    const isRight = isEmail ? EMAIL.test(typed) : typed.replace(/\D/g, "").length >= 7;
    setWrong(!isRight);
    if (isRight) send.mutate({ channel, address: typed });
    else field.current?.focus();
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="lg">
        <Radio.Group
          label={t("enter.way")}
          value={channel}
          onChange={(next) => {
            setChannel(next as ProvableChannel);
            setWrong(false);
            change("");
          }}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="email" label={t("enter.email")} />
            <Radio value="whatsapp" label="WhatsApp" />
          </Stack>
        </Radio.Group>
        <TextInput
          key={channel}
          ref={field}
          label={t(isEmail ? "enter.address" : "enter.number")}
          description={isEmail ? undefined : t("enter.numberHelp")}
          type={isEmail ? "email" : "tel"}
          autoComplete={isEmail ? "email" : "tel"}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={isEmail ? 254 : 40}
          value={address}
          error={isWrong ? t(isEmail ? "enter.addressMissing" : "enter.numberMissing") : undefined}
          onChange={(event) => change(event.currentTarget.value)}
        />
        {send.error ? <ProblemAlert error={told(send.error)} /> : null}
        <div>
          <Button type="submit" size="lg" loading={send.isPending}>
            {t("enter.sendCode")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
