import type { ProofServer } from '../proof-server.ts';
import { runSimulation } from './run.ts';

/** So many seeds are played before the books are held against themselves; then twice as many each time. */
const FIRST_CHUNK = 4;

/** How many seeds it took to find a mistake, from each start. */
export interface Discovery {
  sabotage: string;
  /** In order; null: not found within the seeds of a start. */
  seeds: (number | null)[];
  /** So many starts were not played to their end, as time was up. */
  unplayed: number;
}

interface Search {
  server: ProofServer;
  sabotage: string;
  /** At most so many are played from a start. */
  seeds: number;
  /** `performance.now()` at which no further seed begins. */
  until: number;
}

/** Plays a mistake from so many starts, each with seeds of its own, `lanes` of them at once. */
export async function discover(
  search: Search & { starts: number; from: number; lanes: number },
): Promise<Discovery> {
  const { sabotage, starts, from, seeds, lanes } = search;
  const found: (number | null)[] = [];
  const left = Array.from({ length: starts }, (_, start) => from + start * seeds);
  const lane = async (): Promise<void> => {
    for (let first = left.shift(); first !== undefined; first = left.shift()) {
      const count = await searchFrom(search, first);
      if (count !== 'time-up') found.push(count);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, starts) }, lane));
  found.sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
  return { sabotage, seeds: found, unplayed: starts - found.length };
}

/** How many seeds from `first` on it takes to find the mistake; each chunk has a database of its own. */
async function searchFrom(
  { server, sabotage, seeds, until }: Search,
  first: number,
): Promise<number | null | 'time-up'> {
  let played = 0;
  for (let chunk = FIRST_CHUNK; played < seeds; chunk *= 2) {
    const size = Math.min(chunk, seeds - played);
    const withinMs = until - performance.now();
    if (withinMs <= 0) return 'time-up';
    const firstSeed = first + played;
    const database = await server.migrated();
    try {
      const report = await runSimulation({
        urls: [database.url],
        seeds: size,
        firstSeed,
        sabotage,
        stopsEarly: true,
        withinMs,
      });
      if (!report.clean) {
        const named = report.failures.map(({ seed }) => seed).filter((seed) => seed >= firstSeed);
        return (named.length > 0 ? Math.min(...named) : firstSeed + report.seeds - 1) - first + 1;
      }
      if (report.seeds < size) return 'time-up';
    } finally {
      await database.close();
    }
    played += size;
  }
  return null;
}

/** The middle one of the starts, the lower of two; null where that one did not find the mistake, or none was played. */
export function medianOf({ seeds }: Pick<Discovery, 'seeds'>): number | null {
  return seeds[Math.floor((seeds.length - 1) / 2)] ?? null;
}

/** The table as it is printed: a line a mistake, its median first. */
export function describeDiscoveries(found: readonly Discovery[]): string[] {
  const width = Math.max(8, ...found.map(({ sabotage }) => sabotage.length));
  return [
    `${'sabotage'.padEnd(width)}  median  seeds until it is found, a number a start`,
    ...found.map((one) => {
      const counts = one.seeds.map((count) => count ?? 'not found');
      const late = one.unplayed === 0 ? [] : [`${one.unplayed} not played to the end`];
      const median = String(medianOf(one) ?? '-').padStart(6);
      return `${one.sabotage.padEnd(width)}  ${median}  ${[...counts, ...late].join(', ')}`;
    }),
  ];
}
