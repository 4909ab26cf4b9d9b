import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { defineProof, optionalNumber, wholeNumber } from '../proof.ts';
import type { ProofServer } from '../proof-server.ts';
import { readExecuted } from './coverage/executed-functions.ts';
import { listMutations } from './draw.ts';
import { relatedTests } from './related-tests.ts';
import { type Judged, judgeMutants } from './run.ts';
import { openWorkspace, ROOT } from './workspace.ts';

/** Tests that know nothing of what is mutated: with them every mutant survives, and has to be found to. */
const BLIND = ['test/unit/backoff.test.ts'];

export const mutantsProof = defineProof({
  claim: 'a one-line mistake in the money code fails a test',
  isOnlyByName: true,
  options: z.object({
    sample: wholeNumber(60, { min: 0 }),
    seed: wholeNumber(1, { min: 0 }),
    /** Goes on with this number of the seed's draw. */
    from: wholeNumber(1),
    /** This one of the seed's draw alone. */
    mutant: optionalNumber(),
    /** 1: records anew which tests execute which function, which takes as long as the tests. */
    record: wholeNumber(0, { min: 0 }),
    /** After so many seconds the tests of a mutant are ended, twice as many where they are two goes. */
    seconds: wholeNumber(300),
  }),
  sabotages: ['blind-tests'],
  sabotageOptions: { sample: 1 },
  share: () => [],
  async play({ sample, seed, from, mutant, record, seconds }, { server, sabotage, onProgress }) {
    const missing = relatedTests
      .flatMap(({ first, next }) => [...first, ...next])
      .filter((file) => !existsSync(path.join(ROOT, file)));
    const figures = { seed, mutants: listMutations().length };
    if (missing.length > 0)
      return { verdict: 'broken', figures, details: missing.map((file) => `there is no ${file}`) };
    if (sample === 0) return { verdict: figures.mutants > 0 ? 'holds' : 'unproven', figures, details: [] };
    const judged = await inWorkspace(server, async (opened) =>
      judgeMutants({
        ...opened,
        executed: sabotage === undefined ? await readExecuted(opened.workspace, record > 0) : new Map(),
        sample: mutant === null ? sample : 1,
        seed,
        from: mutant ?? from,
        testMs: seconds * 1_000,
        tests: sabotage === undefined ? undefined : BLIND,
        onJudged: (one) => onProgress(describe(one)),
      }),
    );
    const count = (fate: Judged['fate']): number => judged.filter((one) => one.fate === fate).length;
    const [caught, survived] = [count('caught'), count('survived')];
    // One that was interrupted, or whose tests took too long, proves nothing.
    const isWhole = caught + survived >= (mutant === null ? sample : 1);
    return {
      verdict: survived > 0 ? 'broken' : isWhole ? 'holds' : 'unproven',
      figures: {
        ...figures,
        caught,
        survived,
        timedOut: count('timed out'),
        refused: count('refused'),
        equivalent: count('equivalent'),
        caughtPercent: caught + survived === 0 ? null : Math.round((100 * caught) / (caught + survived)),
        goOnFrom: (judged.at(-1)?.number ?? from - 1) + 1,
      },
      details: judged
        .filter(({ fate }) => fate === 'survived')
        .flatMap((one) => [
          describe(one),
          `  npm run proofs -- mutants --seed ${seed} --mutant ${one.number}`,
        ]),
    };
  },
});

function describe({ number, fate, place, operator, from, to, failing }: Judged): string {
  const by = failing === null ? [] : [`  by ${failing}`];
  return [`#${number} ${fate}: ${place} (${operator})`, `  - ${from}`, `  + ${to}`, ...by].join('\n');
}

/** Opens a copy of the checkout and a database; an interruption ends what runs in it, and the copy is removed. */
async function inWorkspace<T>(
  server: ProofServer,
  work: (opened: {
    workspace: Awaited<ReturnType<typeof openWorkspace>>;
    databaseUrl: string;
    signal: AbortSignal;
  }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  const { signal } = stop;
  const database = await server.migrated();
  const workspace = await openWorkspace({ databaseUrl: database.url, signal });
  try {
    return await work({ workspace, databaseUrl: database.url, signal });
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupt);
    await workspace.close();
    await database.close();
  }
}
