import type { Tx } from '../../db/index.ts';
import { compileDeck, type DeckRow, keyOf } from '../../rating/index.ts';
import { readRowsInForce } from './rows-in-force.ts';

/** A row that ends, as far as its key and name. */
export type EndingRow = Pick<
  DeckRow,
  'kind' | 'licence' | 'direction' | 'origin' | 'prefix' | 'destination'
> & {
  at: Date;
};

/** With what prices its traffic from then on: another row's prefix and rate, or nothing. */
export interface Ending extends EndingRow {
  successor: { place: string; rate: string } | 'unrated' | 'blocked';
}

/** Finds for rows that end which row of the prices as of an import takes their traffic. */
export async function readSuccessors(
  tx: Tx,
  newest: bigint,
  endings: readonly EndingRow[],
): Promise<Ending[]> {
  const found: Ending[] = [];
  for (const ending of endings) found.push({ ...ending, successor: await findSuccessor(tx, newest, ending) });
  return found;
}

async function findSuccessor(tx: Tx, newest: bigint, ending: EndingRow): Promise<Ending['successor']> {
  const rows = await readRowsInForce(tx, { at: ending.at, newest, keys: keysThatMayPrice(ending) });
  const deck = compileDeck({ effectiveAt: ending.at, rows });
  const wanted = {
    licence: ending.licence,
    direction: ending.direction ?? 'outbound',
    origin: ending.origin ?? '',
    number: `+${ending.prefix}`,
  };
  const price =
    deck.find({ kind: ending.kind, ...wanted }) ??
    (ending.kind === 'local' ? deck.find({ kind: 'call', ...wanted }) : undefined);
  if (price === undefined) return 'unrated';
  return price.isBlocked ? 'blocked' : { place: price.place, rate: price.rateInWords };
}

/** Keys of every row that prices a number of the prefix: by the licence or any, the origin or any, and so on. */
function keysThatMayPrice({ kind, licence, origin, prefix }: EndingRow): string[] {
  const kinds = kind === 'local' ? (['local', 'call'] as const) : ([kind] as const);
  const prefixes = Array.from({ length: prefix.length + 1 }, (_, length) => prefix.slice(0, length));
  return kinds.flatMap((each) =>
    unique([licence, null]).flatMap((ofLicence) =>
      unique([origin, null]).flatMap((ofOrigin) =>
        ([null, 'inbound', 'outbound'] as const).flatMap((direction) =>
          prefixes.map((begins) =>
            keyOf({ kind: each, licence: ofLicence, direction, origin: ofOrigin, prefix: begins }),
          ),
        ),
      ),
    ),
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
