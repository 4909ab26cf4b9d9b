import type { ChartData } from './chart-data.ts';

/** The chart's numbers as a table, for those who do not see the drawing. */
export function ChartTable({ data, title }: { data: ChartData; title: string }) {
  const heads = data.kind === 'pie' ? ['Value'] : data.series.map((each) => each.name);
  const rows =
    data.kind === 'pie'
      ? data.segments.map((each) => ({ name: each.label, values: [each.value] }))
      : data.categories.map((name, index) => ({
          name,
          values: data.series.map((each) => each.values[index] ?? 0),
        }));
  return (
    <table class="visually-hidden">
      <caption>{title}</caption>
      <thead>
        <tr>
          <td />
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            {row.values.map((value, index) => (
              <td key={heads[index]}>{value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
