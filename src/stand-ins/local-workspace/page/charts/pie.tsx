import { ringSlices } from './geometry.ts';

interface PieProps {
  title: string;
  segments: readonly { label: string; value: number }[];
}

/** A ring of shares; the legend beside it tells the numbers. */
export function Pie({ title, segments }: PieProps) {
  const slices = ringSlices(
    segments.map((each) => each.value),
    { x: 90, y: 90 },
    84,
    50,
  );
  return (
    <svg class="pie" width="180" height="180" viewBox="0 0 180 180" role="img" aria-label={title}>
      {slices.map((slice, index) => (
        <path key={segments[index]?.label} class={`slice fill-${index % 8}`} d={slice.path}>
          <title>{`${segments[index]?.label}: ${Math.round(slice.share * 100)} %`}</title>
        </path>
      ))}
    </svg>
  );
}
