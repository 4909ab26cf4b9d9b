/** What a data_visualization block holds, read without trusting it. */
import { isObject, type Json, listOf, numberOf, textOf } from '../blocks/shape.ts';

export interface Series {
  name: string;
  /** One value for each category. */
  values: number[];
}

export type ChartData =
  | {
      kind: 'line' | 'bar' | 'area';
      categories: string[];
      series: Series[];
      xLabel: string;
      yLabel: string;
    }
  | { kind: 'pie'; segments: { label: string; value: number }[] };

function readSeries(series: Json, categories: readonly string[]): Series {
  const values = new Map(
    listOf(series.data).map((point) => [textOf(point.label), numberOf(point.value) ?? 0]),
  );
  return { name: textOf(series.name), values: categories.map((category) => values.get(category) ?? 0) };
}

/** @returns undefined when the chart is of no kind that can be drawn */
export function readChart(chart: unknown): ChartData | undefined {
  if (!isObject(chart)) return undefined;
  if (chart.type === 'pie') {
    const segments = listOf(chart.segments).map((each) => ({
      label: textOf(each.label),
      value: Math.max(0, numberOf(each.value) ?? 0),
    }));
    return { kind: 'pie', segments };
  }
  if (chart.type !== 'line' && chart.type !== 'bar' && chart.type !== 'area') return undefined;
  const axis = isObject(chart.axis_config) ? chart.axis_config : {};
  const categories = (Array.isArray(axis.categories) ? axis.categories : []).map((each) => textOf(each));
  return {
    kind: chart.type,
    categories,
    series: listOf(chart.series).map((each) => readSeries(each, categories)),
    xLabel: textOf(axis.x_label),
    yLabel: textOf(axis.y_label),
  };
}
