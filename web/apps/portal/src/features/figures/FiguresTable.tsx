import { DataTable, type Column } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import { MEASURES, type Figure, type View } from "./figures";
import styles from "./Figures.module.css";
import { Span } from "./Span";

interface Table {
  caption: string;
  lines: readonly Figure[];
  least: number;
  view: View;
}

export function FiguresTable({ caption, lines, least, view }: Table) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const procedure: Column<Figure> = { key: "procedure", title: t("figures.procedure"), name: view !== "unidad", cell: (one) => one.procedure_name?.[language] };
  const unit: Column<Figure> = { key: "unit", title: t("figures.unit"), name: view === "unidad", cell: (one) => one.unit_name?.[language] };
  const measures = MEASURES.flatMap((name): Column<Figure>[] => [
    { key: `${name}-50`, title: t(`figures.half.${name}`), numeric: true, cell: (one) => <Span seconds={one[name].p50_seconds} least={least} /> },
    { key: `${name}-90`, title: t(`figures.nine.${name}`), numeric: true, cell: (one) => <Span seconds={one[name].p90_seconds} least={least} /> },
  ]);
  const columns: Column<Figure>[] = [
    ...(view === "unidad" ? [unit] : view === "tramite" ? [procedure] : [procedure, unit]),
    { key: "cases", title: t("figures.cases"), numeric: true, cell: (one) => <data value={one.cases}>{format.number(one.cases)}</data> },
    ...measures,
  ];
  return (
    <div className={styles.table}>
      <DataTable caption={caption} hideCaption columns={columns} rows={lines} rowKey={(one) => `${one.unit_id ?? ""}|${one.procedure ?? ""}`} />
    </div>
  );
}
