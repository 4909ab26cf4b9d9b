/** A ratio, or what else is measured, beside what it must be. */
export interface Figure {
  id: string;
  value: number;
  target: string;
  absolute: string;
}

/** One object of figures by id, or a table with targets and absolute figures. */
export function printFigures(figures: readonly Figure[], asJson: boolean): void {
  if (asJson) {
    const byId = figures.map(({ id, value }) => [id, Number(value.toPrecision(3))]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(byId))}\n`);
    return;
  }
  for (const { id, value, target, absolute } of figures)
    process.stdout.write(
      `${id.padEnd(13)} ${value.toPrecision(3).padStart(7)}  ${target.padEnd(7)} ${absolute}\n`,
    );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which that share of the values lies; the 0.99 quantile of 200 is the second largest. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

/** How many seconds some work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}
