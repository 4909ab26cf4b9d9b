import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  compileDeck,
  type DeckOptions,
  pickDeck,
  rateTraffic,
  toVersions,
  withSamplePrices,
} from '../../rating/index.ts';
import { readDeckFile } from './read-deck-file.ts';
import { readTraffic } from './read-traffic.ts';

/**
 * Prices calls and messages, one JSON object a line, with a deck file and no database: for an operator who tries a deck.
 * Each line is answered with one, the price or a message. What the deck has no row for at all gets the sample
 * prices, which `notes` says, as it does of rates that stand out. Throws RefillError `bad-argument`, `bad-deck`.
 */
export async function priceTraffic(
  options: { deck: string; samplePrices: boolean; reading?: DeckOptions },
  streams: {
    input: Readable;
    answer: (priced: Record<string, unknown>) => Promise<void>;
    notes: (line: string) => void;
  },
  now: Date,
): Promise<void> {
  const { rows, outliers } = await readDeckFile(options.deck, options.reading);
  for (const { line, message } of outliers)
    streams.notes(`line ${line}: ${message}; importing it takes --force`);
  const completed = toVersions(rows).map((deck) =>
    options.samplePrices ? withSamplePrices(deck) : { deck, filled: [] },
  );
  const filled = new Set(completed.flatMap((each) => each.filled));
  if (filled.size > 0) streams.notes(`sample prices stand in for: ${[...filled].join(', ')}`);
  const compiled = completed.map(({ deck }) => compileDeck(deck));
  let line = 0;
  for await (const json of createInterface({ input: streams.input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (json.trim() === '') continue;
    await streams.answer({ line, ...priceLine({ line, json }, (at) => pickDeck(compiled, at), now) });
  }
}

function priceLine(
  { line, json }: { line: number; json: string },
  deckAt: (at: Date) => ReturnType<typeof compileDeck> | null,
  now: Date,
): Record<string, unknown> {
  const read = readTraffic(json, now);
  if ('fault' in read) return { error: `line ${line}: ${read.fault}` };
  const rated = rateTraffic(deckAt(read.traffic.at), read.traffic);
  if (rated.outcome === 'unrated') return { error: rated.explanation, reason: rated.reason };
  return {
    cost: rated.cost.toFixed(4),
    billed_seconds: rated.billedSeconds,
    matched_prefix: rated.prefix,
    category: rated.category,
    quantity: rated.quantity,
    explanation: rated.explanation,
  };
}
