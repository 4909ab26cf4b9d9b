import type { ChartData } from './chart-data.ts';
import {
  areaPath,
  type Box,
  bandMiddle,
  groupedBars,
  labelEvery,
  linePath,
  linePoints,
  niceTicks,
  shortNumber,
  yOf,
} from './geometry.ts';

const HEIGHT = 240;

type Plotted = Exclude<ChartData, { kind: 'pie' }>;

interface MarksProps {
  data: Plotted;
  ticks: readonly number[];
  box: Box;
}

function Bars({ data, ticks, box }: MarksProps) {
  const bars = groupedBars(
    data.series.map((each) => each.values),
    ticks,
    box,
  );
  return (
    <>
      {bars.map((bar) => (
        <rect
          key={`${bar.series}-${bar.category}`}
          class={`mark fill-${bar.series % 8}`}
          x={bar.left}
          y={bar.top}
          width={bar.width}
          height={bar.height}
          rx={Math.min(3, bar.width / 2)}
        >
          <title>{`${data.series[bar.series]?.name}, ${data.categories[bar.category]}: ${bar.value.toLocaleString('en-US')}`}</title>
        </rect>
      ))}
    </>
  );
}

function Lines({ data, ticks, box }: MarksProps) {
  const zero = yOf(0, ticks, box);
  return (
    <>
      {data.series.map((series, index) => {
        const points = linePoints(series.values, ticks, box);
        return (
          <g key={series.name}>
            {data.kind === 'area' && <path class={`area fill-${index % 8}`} d={areaPath(points, zero)} />}
            <path class={`line stroke-${index % 8}`} d={linePath(points)} />
            {points.map((point, at) => (
              <circle key={at} class={`dot fill-${index % 8}`} cx={point.x} cy={point.y} r="3.5">
                <title>{`${series.name}, ${data.categories[at]}: ${series.values[at]?.toLocaleString('en-US')}`}</title>
              </circle>
            ))}
          </g>
        );
      })}
    </>
  );
}

interface PlotProps {
  data: Plotted;
  title: string;
  /** Pixels that the drawing may take. */
  width: number;
}

/** Lines, areas or bars over categories. */
export function Plot({ data, title, width }: PlotProps) {
  const ticks = niceTicks(data.series.flatMap((each) => each.values));
  const labels = ticks.map(shortNumber);
  const left = 12 + Math.max(...labels.map((label) => label.length)) * 7 + (data.yLabel === '' ? 0 : 18);
  const bottom = data.xLabel === '' ? 26 : 46;
  const box: Box = { left, top: 10, width: Math.max(40, width - left - 8), height: HEIGHT - 10 - bottom };
  const longest = Math.max(...data.categories.map((each) => each.length), 1);
  const every = labelEvery(data.categories.length, box.width, longest * 6.6 + 12);
  return (
    <svg
      class="plot"
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={title}
    >
      {ticks.map((tick, index) => (
        <g key={tick}>
          <line
            class={tick === 0 ? 'axis' : 'grid'}
            x1={box.left}
            x2={box.left + box.width}
            y1={yOf(tick, ticks, box)}
            y2={yOf(tick, ticks, box)}
          />
          <text class="tick" x={box.left - 8} y={yOf(tick, ticks, box) + 4} text-anchor="end">
            {labels[index]}
          </text>
        </g>
      ))}
      {data.categories.map((category, index) =>
        index % every === 0 ? (
          <text
            key={category}
            class="tick"
            x={bandMiddle(index, data.categories.length, box)}
            y={box.top + box.height + 18}
            text-anchor="middle"
          >
            {category}
          </text>
        ) : null,
      )}
      {data.xLabel !== '' && (
        <text class="axis-title" x={box.left + box.width / 2} y={HEIGHT - 6} text-anchor="middle">
          {data.xLabel}
        </text>
      )}
      {data.yLabel !== '' && (
        <text
          class="axis-title"
          text-anchor="middle"
          transform={`translate(12 ${box.top + box.height / 2}) rotate(-90)`}
        >
          {data.yLabel}
        </text>
      )}
      {data.kind === 'bar' ? (
        <Bars data={data} ticks={ticks} box={box} />
      ) : (
        <Lines data={data} ticks={ticks} box={box} />
      )}
    </svg>
  );
}
