import { ProblemAlert } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import styles from "./Own.module.css";

/** Entering with an account, for those who want one; what it needs is loaded when it is asked for. */
export function AccountWays({ caso }: { caso?: string | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const go = useMutation({
    mutationFn: async (way: "signIn" | "register") => (await import("./account"))[way](language, { caso }),
  });
  return (
    <li>
      <h3>{t("account.way")}</h3>
      <p>{t("account.help")}</p>
      {go.error ? <ProblemAlert error={go.error} /> : null}
      <div className={styles.row}>
        <Button variant="default" loading={go.isPending && go.variables === "signIn"} onClick={() => go.mutate("signIn")}>
          {t("account.signIn")}
        </Button>
        <Button variant="subtle" loading={go.isPending && go.variables === "register"} onClick={() => go.mutate("register")}>
          {t("account.register")}
        </Button>
      </div>
    </li>
  );
}
