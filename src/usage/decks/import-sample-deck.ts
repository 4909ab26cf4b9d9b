import type { Db } from '../../db/index.ts';
import { sampleDeckFile } from '../../rating/index.ts';
import { importDeck } from './import-deck.ts';

/** Long before any usage. */
const SINCE_EVER = new Date('2000-01-01T00:00:00Z');

/** Puts the sample prices in force, since ever, where there are no prices at all: for a try-out, never for customers. */
export async function importSampleDeck(db: Db, at: Date): Promise<void> {
  if ((await db.rateDeck.count()) > 0) return;
  await importDeck(db, {
    deck: sampleDeckFile(),
    fileName: 'sample-deck.csv',
    from: SINCE_EVER,
    mode: 'full',
    force: true,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at,
  });
}
