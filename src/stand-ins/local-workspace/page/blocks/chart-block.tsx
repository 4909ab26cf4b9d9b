import { type ChartData, readChart } from '../charts/chart-data.ts';
import { ChartTable } from '../charts/chart-table.tsx';
import { shortNumber } from '../charts/geometry.ts';
import { Legend } from '../charts/legend.tsx';
import { Pie } from '../charts/pie.tsx';
import { Plot } from '../charts/plot.tsx';
import { useWidth } from '../charts/use-width.ts';
import type { BlockProps } from './block-list.tsx';
import { isObject, textOf } from './shape.ts';

function legendOf(data: ChartData): { name: string; value: string }[] {
  if (data.kind !== 'pie') return data.series.map((each) => ({ name: each.name, value: '' }));
  const total = data.segments.reduce((sum, each) => sum + each.value, 0) || 1;
  return data.segments.map(({ label, value }) => ({
    name: label,
    value: `${shortNumber(value)} · ${Math.round((value / total) * 100)} %`,
  }));
}

/** A chart: drawn for the eye, told as a table to everyone else. */
export function ChartBlock({ block }: BlockProps) {
  const [ref, width] = useWidth();
  const data = readChart(block.chart);
  const title = textOf(block.title);
  if (data === undefined) {
    const type = isObject(block.chart) ? textOf(block.chart.type) : 'none';
    return (
      <p class="unknown" data-unknown-block={`data_visualization:${type}`}>
        This workspace can’t draw a chart of the type “{type}” yet.
      </p>
    );
  }
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={ref} class={data.kind === 'pie' ? 'chart-drawing chart-pie' : 'chart-drawing'}>
        {data.kind === 'pie' && <Pie title={title} segments={data.segments} />}
        {data.kind !== 'pie' && width > 0 && <Plot data={data} title={title} width={width} />}
        <Legend entries={legendOf(data)} isColumn={data.kind === 'pie'} />
      </div>
      <ChartTable data={data} title={title} />
    </figure>
  );
}
