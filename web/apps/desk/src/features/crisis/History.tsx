import { DataTable, type Column } from "@atiende/ui";
import { Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFigures } from "../board/format";
import { READERS } from "../admin/queries";
import { hasRole, useSession } from "../../auth/context";
import type { CrisisRequest } from "./queries";

/** Who asked and who decided, never deleted. */
export function History({ requests }: { requests: readonly CrisisRequest[] }) {
  const { t } = useTranslation();
  const figures = useFigures();
  const mayRead = hasRole(useSession(), READERS);
  const columns: Column<CrisisRequest>[] = [
    { key: "what", title: t("crisis.history.what"), name: true, cell: (one) => t(one.activate ? "crisis.history.on" : "crisis.history.off") },
    { key: "when", title: t("crisis.history.when"), cell: (one) => figures.moment(one.create_time) },
    { key: "who", title: t("crisis.who"), cell: (one) => one.requester?.name },
    { key: "why", title: t("crisis.reason"), wide: true, cell: (one) => one.reason },
    {
      key: "state",
      title: t("crisis.history.state"),
      wide: true,
      cell: (one) => t(`crisis.state.${one.state}`, { name: one.decider?.name ?? "", when: one.decide_time ? figures.moment(one.decide_time) : "" }),
    },
    {
      key: "version",
      title: t("admin.releases.number"),
      cell: (one) =>
        one.version !== null && mayRead ? (
          <Link to="/administracion/versiones/$version" params={{ version: String(one.version) }}>
            {t("admin.releases.version", { version: one.version })}
          </Link>
        ) : (
          (one.version ?? "–")
        ),
    },
  ];
  return (
    <section aria-labelledby="historia">
      <Title order={2} size="h4" id="historia" mb="sm">
        {t("crisis.history.title")}
      </Title>
      {requests.length === 0 ? <Text>{t("crisis.history.none")}</Text> : <DataTable caption={t("crisis.history.title")} hideCaption rows={requests} rowKey={(one) => one.id} columns={columns} />}
    </section>
  );
}
