import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Stack, Text, Textarea, type ButtonProps } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

const SHORTEST = 5;

interface Props {
  label: string;
  title: string;
  text: string;
  /** Label of a note that is asked for; none when absent. */
  note?: string;
  /** What is said when the note is too short; a note may be left out when absent. */
  needed?: string;
  action: (note: string) => Promise<void>;
  button?: ButtonProps;
  children?: ReactNode;
}

/** A button for what others will see or what cannot be undone: says what happens, and asks once more. */
export function ConfirmButton({ label, title, text, note, needed, action, button, children }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const [asked, setAsked] = useState(false);
  const missing = needed !== undefined && said.trim().length < SHORTEST ? needed : undefined;
  const run = useMutation({ mutationFn: () => action(said.trim()), onSuccess: () => setOpen(false) });
  const close = () => {
    setOpen(false);
    setAsked(false);
    run.reset();
  };
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} size="lg" title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{text}</Text>
          {children}
          {note ? (
            <Textarea
              label={needed === undefined ? `${note} ${t("common.optional")}` : note}
              error={asked ? missing : undefined}
              maxLength={500}
              autosize
              minRows={2}
              value={said}
              onChange={(event) => setSaid(event.currentTarget.value)}
            />
          ) : null}
          {run.error ? <ProblemAlert error={run.error} /> : null}
          <Group>
            <Button
              loading={run.isPending}
              onClick={() => {
                setAsked(true);
                if (missing === undefined) run.mutate();
              }}
              {...(button?.color ? { color: button.color } : {})}>
              {label}
            </Button>
            <Button variant="default" onClick={close}>
              {t("common.cancel")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
