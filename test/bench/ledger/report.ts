import { median } from '../figures.ts';
import type { Figures } from './measures.ts';

/** Below this the baseline would be a straw man. */
const HONEST_BASELINE = 0.1;

export interface Line {
  id: string;
  ratio: number;
  target: string;
  absolute: string;
}

/** What a part of the bench came to, and what it says of itself. */
export interface Summary {
  lines: Line[];
  note: string;
}

/** The ratios of the rounds' medians. Throws when the baseline is too slow to compare anything with. */
export function summarize(rounds: readonly Figures[]): Summary {
  const of = (name: keyof Figures): number => median(rounds.map((round) => round[name]));
  const ratio = (a: keyof Figures, b: keyof Figures): number => median(rounds.map((r) => r[a] / r[b]));
  const honesty = ratio('naive', 'bare');
  const baseline = `naive: ${of('naive').toFixed(0)}/s, ${honesty.toFixed(2)} of a bare call (${of('bare').toFixed(0)}/s)`;
  if (honesty < HONEST_BASELINE) throw new Error(`the baseline is too slow to be honest: ${baseline}`);
  const line = (id: string, a: keyof Figures, b: keyof Figures, target: string, unit = '/s'): Line => ({
    id,
    ratio: ratio(a, b),
    target,
    absolute: `${of(a).toFixed(1)}${unit} against ${of(b).toFixed(1)}${unit}`,
  });
  return {
    note: baseline,
    lines: [
      line('batch', 'batch', 'naive', '>= 80'),
      line('single', 'single', 'naive', '>= 4'),
      line('group', 'group', 'naive64', '>= 30'),
      line('groupP99', 'groupP99Ms', 'naive64P99Ms', '<= 0.1', ' ms'),
      line('copy', 'batch', 'copy', '>= 0.6'),
      line('hold', 'hold', 'single', '>= 0.4'),
    ],
  };
}

/** One object id to figure, or a table with targets and absolute figures. */
export function printReport(summaries: readonly Summary[], asJson: boolean): void {
  if (asJson) {
    const figures = summaries.flatMap(({ lines }) =>
      lines.map(({ id, ratio }) => [id, Number(ratio.toPrecision(3))]),
    );
    process.stdout.write(`${JSON.stringify(Object.fromEntries(figures))}\n`);
    return;
  }
  for (const { lines, note } of summaries) {
    for (const { id, ratio, target, absolute } of lines)
      process.stdout.write(
        `${id.padEnd(11)} ${ratio.toPrecision(3).padStart(7)}  ${target.padEnd(7)} ${absolute}\n`,
      );
    process.stdout.write(`${note}\n`);
  }
}
