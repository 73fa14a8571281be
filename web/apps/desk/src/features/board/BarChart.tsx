import { DataTable } from "@atiende/ui";
import type { Bars } from "@atiende/ui/chart";
import { Button, Group, Skeleton, Title } from "@mantine/core";
import { lazy, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";

const Canvas = lazy(() => import("@atiende/ui/chart"));

export interface ChartProps extends Bars {
  title: string;
  categoryTitle: string;
}

/** Bars and, for whoever reads better or cannot see them, the same figures as a table. */
export function BarChart(props: ChartProps) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const { title, categories, categoryTitle, series, format } = props;
  const heading = useId();
  const rows = categories.map((category, index) => ({ category, index }));
  return (
    <section aria-labelledby={heading}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id={heading}>
          {title}
        </Title>
        <Button size="compact-sm" variant="default" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t("board.chart.asTable")}
        </Button>
      </Group>
      {asTable ? null : (
        <Suspense fallback={<Skeleton height={260} />}>
          <Canvas {...props} />
        </Suspense>
      )}
      {/* Always there for screen readers; the canvas is a picture. */}
      <div className={asTable ? undefined : "visually-hidden"}>
        <DataTable
          caption={title}
          hideCaption
          rows={rows}
          rowKey={(row) => row.category}
          columns={[
            { key: "category", title: categoryTitle, cell: (row) => row.category },
            ...series.map((one) => ({
              key: one.name,
              title: one.name,
              numeric: true,
              cell: (row: { index: number }) => said(one.values[row.index], format),
            })),
          ]}
        />
      </div>
    </section>
  );
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
