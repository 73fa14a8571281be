import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

export interface BarSeries {
  name: string;
  values: readonly (number | null)[];
}

export interface Bars {
  categories: readonly string[];
  series: readonly BarSeries[];
  format: (value: number) => string;
  /** Largest value of the axis, when the scale is known. */
  most?: number;
}

register([BarChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

const COLOURS = ["#0b6e70", "#c2410c", "#3b3f8f"];
const ROW_PX = 38;
const LABEL_CHARS = 34;

/** Bars as a picture, for what stands beside it as a table: canvas only, its tooltip too, as the content security policy wants it. */
export default function BarCanvas(props: Bars) {
  const place = useRef<HTMLDivElement>(null);
  const { categories, series } = props;
  const height = Math.max(160, categories.length * (ROW_PX + (series.length - 1) * 8) + 72);
  useEffect(() => {
    if (!place.current) return undefined;
    const chart = init(place.current, null, { renderer: "canvas" });
    chart.setOption(optionOf(props, place.current.clientWidth < 520));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [props]);
  return <div ref={place} aria-hidden="true" style={{ height }} />;
}

function optionOf({ categories, series, format, most }: Bars, narrow: boolean): EChartsCoreOption {
  const font = { fontFamily: "'Public Sans Variable', system-ui, sans-serif", fontSize: 13, color: "#1f2937" };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: font,
    color: COLOURS,
    legend: { top: 0, left: 0, textStyle: font, show: series.length > 1 },
    grid: { left: 8, right: 56, top: series.length > 1 ? 36 : 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, valueFormatter: (value: unknown) => said(value, format) },
    xAxis: { type: "value", min: 0, max: most ?? null, axisLabel: { ...font, formatter: format, hideOverlap: true }, splitNumber: narrow ? 2 : 5 },
    yAxis: {
      type: "category",
      inverse: true,
      data: categories.map((name) => shortened(name, narrow ? 18 : LABEL_CHARS)),
      axisLabel: { ...font, width: narrow ? 120 : 240, overflow: "truncate" },
      axisTick: { show: false },
    },
    series: series.map((one) => ({
      type: "bar",
      name: one.name,
      data: one.values,
      barMaxWidth: 16,
      label: { show: true, position: "right", ...font, formatter: (point: { value: unknown }) => said(point.value, format, "") },
    })),
  };
}

function said(value: unknown, format: (value: number) => string, nothing = "–"): string {
  return typeof value === "number" ? format(value) : nothing;
}

/** Names of departments begin alike: what sets them apart stands at the end. */
function shortened(name: string, most: number): string {
  const last = name.split(" – ").at(-1) ?? name;
  return last.length <= most ? last : `${last.slice(0, most - 1)}…`;
}
