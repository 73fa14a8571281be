import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import styles from "./Cases.module.css";
import { leave, sessionQuery } from "./session";

/** Who one is here, the way to the other cases, and out. */
export function OwnBar() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery).data;
  const out = useMutation({
    mutationFn: async () => {
      await leave();
      // Otherwise the next person at this device would enter without a password.
      if (session?.assurance === "login") await (await import("../own/account")).signOut();
      else await navigate({ to: "/" });
    },
  });
  return (
    <nav className={styles.ownBar} aria-label={t("own.navigation")}>
      <div>
        {session && session.assurance !== "case" ? (
          <>
            <Link to="/casos" className="link tap">{t("own.cases")}</Link>
            <Link to="/preferencias" className="link tap">{t("own.preferences")}</Link>
            <Link to="/mis-datos" className="link tap">{t("own.data")}</Link>
          </>
        ) : (
          <>
            <Link to="/ingresar" className="link tap">{t("own.all")}</Link>
            <Link to="/seguimiento" className="link tap">{t("own.otherCase")}</Link>
          </>
        )}
      </div>
      <Button variant="subtle" size="sm" loading={out.isPending} onClick={() => out.mutate()}>
        {t("own.leave")}
      </Button>
    </nav>
  );
}
