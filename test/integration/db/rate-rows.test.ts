import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { rateTraffic } from '../../../src/rating/index.ts';
import { readDeckHistory } from '../../../src/usage/re-rate/deck-history.ts';
import { emptyDatabase } from '../../support/database.ts';
import { call, inShort } from '../../support/rating.ts';

const log = createLogger('silent');
const RATE_ROWS = '20261130021200_rate_rows';
const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

/** Decks of the version before, each of which applied whole: its prices by prefix, from when on, and when it was imported. */
const DECKS = [
  { rates: { 44: '0.01', 33: '0.05' }, from: '2026-01-01', imported: '2026-01-01' },
  { rates: { 44: '0.02' }, from: '2026-06-01', imported: '2026-05-01' },
  { rates: { 44: '0.03', 49: '0.07' }, from: '2026-03-01', imported: '2026-07-01' },
  { rates: { 44: '0.04', 33: '0.06' }, from: '2026-06-01', imported: '2026-08-01' },
] as const;
const INSTANTS = ['2025-12-31', '2026-01-02', '2026-03-02', '2026-06-02', '2026-09-01'];

/** The price by the rule of that version: of the decks known, the newest in force, whole; of one time the later import. */
function priceBefore(prefix: string, at: string, knownAt: string): string {
  const known = DECKS.filter(({ imported, from }) => imported <= knownAt && from <= at);
  const newest = known.reduce<(typeof DECKS)[number] | null>(
    (best, deck) => (best === null || deck.from >= best.from ? deck : best),
    null,
  );
  if (newest === null) return 'no-deck';
  const rate = new Map(Object.entries<string>(newest.rates)).get(prefix);
  return rate === undefined ? 'no-rate' : `${rate}00 ${prefix}`;
}

async function insertDecks(client: pg.Client): Promise<void> {
  for (const { rates, from, imported } of DECKS) {
    const rows = Object.entries(rates).map(([prefix, rate]) => ({
      kind: 'call',
      licence: null,
      direction: null,
      origin: null,
      prefix,
      destination: '',
      rate,
      firstSeconds: 60,
      nextSeconds: 60,
      fee: '0',
    }));
    await client.query(
      `INSERT INTO rate_deck (effective_at, file_name, digest, row_count, rows, forced, imported_by, imported_at)
       VALUES ($1, 'old.csv', $2, $3, $4, '[]', 'operator', $5)`,
      [day(from), 'a'.repeat(64), rows.length, JSON.stringify(rows), day(imported)],
    );
  }
}

async function pricesOf(ask: (prefix: string, at: string, knownAt: string) => Promise<string>) {
  const prices: Record<string, string> = {};
  for (const prefix of ['44', '33', '49'])
    for (const at of INSTANTS)
      for (const knownAt of INSTANTS)
        prices[`${prefix} at ${at} as of ${knownAt}`] = await ask(prefix, at, knownAt);
  return prices;
}

it('decks of the version before price all usage as they did, at every time and as of every time', async () => {
  const database = await emptyDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-rate-rows-'));
  const client = new pg.Client({ connectionString: database.url });
  try {
    for (const name of (await readdir('prisma/migrations')).filter((each) => each < RATE_ROWS))
      await cp(path.join('prisma/migrations', name), path.join(folder, name), { recursive: true });
    await migrateDatabase({ url: database.url, log, folder });
    await client.connect();
    await insertDecks(client);
    expect(await migrateDatabase({ url: database.url, log })).toContain(RATE_ROWS);
    const db = await openDb({ url: database.url, poolSize: 2, log });
    try {
      const history = await readDeckHistory(db);
      const converted = await pricesOf(async (prefix, at, knownAt) => {
        const deck = await history(day(at), day(knownAt));
        const other = call({ externalNumber: `+${prefix.padEnd(11, '0')}` });
        return inShort(rateTraffic(deck, other)).replace(' international', '');
      });
      expect(converted).toEqual(await pricesOf(async (...asked) => priceBefore(...asked)));
    } finally {
      await db.$disconnect();
    }
  } finally {
    await client.end();
    await rm(folder, { recursive: true, force: true });
    await database.close();
  }
});
