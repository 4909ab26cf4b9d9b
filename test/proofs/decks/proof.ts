import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { readDeckFile } from '../../../src/cli/rates/read-deck-file.ts';
import { type Db, inTransaction, openDb } from '../../../src/db/index.ts';
import { hasCode } from '../../../src/errors.ts';
import { createLogger } from '../../../src/log.ts';
import { type ParsedDeck, rateTraffic } from '../../../src/rating/index.ts';
import { importDeck, readDecks } from '../../../src/usage/index.ts';
import { call } from '../../support/rating.ts';
import { defineProof, optionalNumber, pickByTurns, wholeNumber } from '../proof.ts';
import { damage } from './damage.ts';
import { drawOf } from './draw.ts';
import { drawSheet, writeSheet } from './layout.ts';
import { drawCalls, drawTruth, owedFor, type TrueCall, type TruePrice } from './truth.ts';

const SINCE_EVER = new Date('2020-01-01T00:00:00Z');
const AT = new Date('2026-11-14T12:00:00Z');
const DAMAGED = 0.3;
/** A parser that refuses what it ought to read proves nothing. */
const FEWEST_TAKEN = 0.9;
const SEEDS_OF_SHARES = 997;

/** Mistakes of a parser, made between it and the import. */
const SABOTAGES: Readonly<Record<string, (parsed: ParsedDeck) => void>> = {
  'lose-fees': ({ rows }) => {
    for (const { row } of rows) row.fee = '0';
  },
  'lose-next-increments': ({ rows }) => {
    for (const { row } of rows) row.nextSeconds = row.firstSeconds;
  },
  'price-closed-rows': ({ rows }) => {
    for (const row of rows) row.isClosed = false;
  },
  'forget-ends': ({ rows }) => {
    for (const row of rows) row.to = null;
  },
};

export const decksProof = defineProof({
  claim: 'prices rendered as a file in any layout bill as they are meant, or the file is refused',
  options: z.object({
    files: wholeNumber(1_500),
    /** One file again, by its seed. */
    seed: optionalNumber(),
    /** The first seed. */
    from: wholeNumber(0, { min: 0 }),
  }),
  sabotages: Object.keys(SABOTAGES),
  sabotageOptions: { files: 120 },
  share: (seed) => [
    { options: { files: 80, from: 10_000 + (seed % SEEDS_OF_SHARES) * 80 } },
    ...pickByTurns(Object.keys(SABOTAGES), 1, seed).map((sabotage) => ({ sabotage, options: { files: 40 } })),
  ],
  async play({ files, seed, from }, { server, sabotage, onProgress }) {
    const database = await server.migrated();
    const folder = await mkdtemp(path.join(tmpdir(), 'refill-decks-'));
    const db = await openDb({ url: database.url, poolSize: 2, log: createLogger('silent') });
    const means: Means = { db, folder, mistake: sabotage === undefined ? undefined : SABOTAGES[sabotage] };
    const figures = { files: 0, taken: 0, refused: 0, damaged: 0, needlessly: 0, bills: 0 };
    const details: string[] = [];
    try {
      const seeds = seed === null ? Array.from({ length: files }, (_, at) => from + at) : [seed];
      for (const each of seeds) {
        const played = await playFile(means, each);
        figures.files += 1;
        figures[played.refusal === null ? 'taken' : 'refused'] += 1;
        if (played.damage !== null) figures.damaged += 1;
        else if (played.refusal !== null) figures.needlessly += 1;
        figures.bills += played.bills;
        if (played.wrong !== null) details.push(`--seed ${each}: ${played.wrong}`);
        if (seed !== null) onProgress(`${played.damage ?? 'undamaged'}: ${played.refusal ?? 'taken'}`);
        if (figures.files % 100 === 0) onProgress(`${figures.files} files, ${details.length} wrong`);
      }
    } finally {
      await db.$disconnect();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
    const isUnproven = figures.needlessly > (figures.files - figures.damaged) * (1 - FEWEST_TAKEN);
    const verdict = details.length > 0 ? 'broken' : isUnproven ? 'unproven' : 'holds';
    return { verdict, figures, details: details.slice(0, 10) };
  },
});

interface Means {
  db: Db;
  folder: string;
  mistake: ((parsed: ParsedDeck) => void) | undefined;
}

interface PlayedFile {
  damage: string | null;
  /** Why it was refused, null where it was taken. */
  refusal: string | null;
  bills: number;
  wrong: string | null;
}

async function playFile({ db, folder, mistake }: Means, seed: number): Promise<PlayedFile> {
  const draw = drawOf(seed);
  const truth = drawTruth(draw);
  const calls = drawCalls(draw, truth);
  const sheet = drawSheet(draw, truth);
  const damaged = draw.isTrue(DAMAGED) ? damage(sheet, draw) : null;
  const file = path.join(folder, 'rates.csv');
  await writeFile(file, writeSheet(sheet, draw));
  try {
    const parsed = await readDeckFile(file, sheet.options);
    mistake?.(parsed);
    await forgetRates(db);
    await importDeck(db, {
      deck: parsed,
      fileName: 'rates.csv',
      from: SINCE_EVER,
      mode: 'full',
      force: true,
      fillWithSamples: false,
      dryRun: false,
      actor: 'operator',
      at: AT,
    });
  } catch (error) {
    if (!hasCode(error, 'bad-deck')) throw error;
    return { damage: damaged, refusal: error.message, bills: 0, wrong: null };
  }
  const wrong = await findWrong(db, calls, truth);
  return { damage: damaged, refusal: null, bills: calls.length, wrong };
}

/** Each file has the rates for itself. */
async function forgetRates(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.$executeRaw`DELETE FROM rate_row`;
    await tx.$executeRaw`DELETE FROM rate_deck`;
  });
}

async function findWrong(
  db: Db,
  calls: readonly TrueCall[],
  truth: readonly TruePrice[],
): Promise<string | null> {
  const deckAt = await readDecks(db, { from: SINCE_EVER, to: new Date('2027-12-31T00:00:00Z') });
  for (const one of calls) {
    const { number, seconds, at } = one;
    const traffic = call({
      externalNumber: number,
      durationMs: seconds * 1000,
      at,
      answeredAt: at,
      officeCountry: 'IE',
    });
    const rated = rateTraffic(deckAt(at), traffic);
    const billed = rated.outcome === 'rated' ? rated.cost.toFixed(4) : 'unrated';
    const owed = owedFor(one, truth);
    if (billed !== owed) return `${number}, ${seconds} s at ${at.toISOString()}: ${billed}, not ${owed}`;
  }
  return null;
}
