/** Where the parts of a chart lie. Pure: numbers in, numbers and SVG paths out. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Round steps of an axis that cover the values and zero; about `wanted` of them. */
export function niceTicks(values: readonly number[], wanted = 4): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil((high === low ? low + 1 : high) / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The height of a value within the box, for an axis from the first tick to the last. */
export function yOf(value: number, ticks: readonly number[], box: Box): number {
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  return box.top + box.height * (1 - (value - low) / (high - low || 1));
}

/** Middle of a category's band. */
export const bandMiddle = (index: number, count: number, box: Box): number =>
  box.left + (box.width * (index + 0.5)) / Math.max(1, count);

export const linePoints = (values: readonly number[], ticks: readonly number[], box: Box): Point[] =>
  values.map((value, index) => ({ x: bandMiddle(index, values.length, box), y: yOf(value, ticks, box) }));

const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 100) / 100;

export const linePath = (points: readonly Point[]): string =>
  points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point)}`).join('');

/** The surface between the line and zero. */
export function areaPath(points: readonly Point[], zeroY: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  return `${linePath(points)}L${at({ x: last.x, y: zeroY })}L${at({ x: first.x, y: zeroY })}Z`;
}

export interface Bar extends Box {
  category: number;
  series: number;
  value: number;
}

/** Bars side by side in each category's band; negative ones hang below zero. */
export function groupedBars(
  series: readonly (readonly number[])[],
  ticks: readonly number[],
  box: Box,
): Bar[] {
  const categories = series[0]?.length ?? 0;
  const band = box.width / Math.max(1, categories);
  const gap = series.length > 1 ? 2 : 0;
  const group = Math.min(band * 0.72, series.length * 44 + (series.length - 1) * gap);
  const width = Math.max(1, (group - gap * (series.length - 1)) / Math.max(1, series.length));
  const zero = yOf(0, ticks, box);
  return series.flatMap((values, seriesIndex) =>
    values.map((value, category) => {
      const top = yOf(value, ticks, box);
      const left = bandMiddle(category, categories, box) - group / 2 + seriesIndex * (width + gap);
      return {
        category,
        series: seriesIndex,
        value,
        left: round(left),
        top: round(Math.min(top, zero)),
        width: round(width),
        height: round(Math.abs(zero - top)),
      };
    }),
  );
}

export interface Slice {
  path: string;
  share: number;
}

const onCircle = (center: Point, radius: number, turn: number): Point => ({
  x: center.x + radius * Math.sin(turn * 2 * Math.PI),
  y: center.y - radius * Math.cos(turn * 2 * Math.PI),
});

/** Ring slices from twelve o'clock on, clockwise. A single slice is a whole ring. */
export function ringSlices(values: readonly number[], center: Point, outer: number, inner: number): Slice[] {
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  let from = 0;
  return values.map((value) => {
    const share = value / total;
    // A whole turn has the same start and end, which SVG would not draw.
    const to = from + Math.min(share, 0.99999);
    const large = share > 0.5 ? 1 : 0;
    const path =
      `M${at(onCircle(center, outer, from))}A${outer} ${outer} 0 ${large} 1 ${at(onCircle(center, outer, to))}` +
      `L${at(onCircle(center, inner, to))}A${inner} ${inner} 0 ${large} 0 ${at(onCircle(center, inner, from))}Z`;
    from += share;
    return { path, share };
  });
}

/** Every how many categories a label fits, when each needs `labelWidth` pixels. */
export const labelEvery = (count: number, width: number, labelWidth: number): number =>
  Math.max(1, Math.ceil((count * labelWidth) / Math.max(1, width)));

/** "1.2k", "$"-less and short, for axes; small numbers keep their decimals. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000)
    return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: size < 10 ? 2 : 1 }).format(value);
}
