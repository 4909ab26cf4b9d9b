import { type DeckRow, keyOf, type RateDeck } from './deck.ts';

/** A row with the time that it is good for. */
export interface DatedRow {
  /** Null: since ever. */
  from: Date | null;
  /** Null: until a newer row. */
  to: Date | null;
  /** Its key ends. */
  isClosed: boolean;
  row: DeckRow;
}

const SINCE_EVER = Number.NEGATIVE_INFINITY;

/**
 * The prices between each two times at which any of them changes, the oldest first. Of each key the row in force is the
 * newest that has begun; where that one has ended or is closed, the key has none (R18).
 */
export function toVersions(rows: readonly DatedRow[]): RateDeck[] {
  const inOrder = rows.toSorted((a, b) => startOf(a) - startOf(b));
  const changes = [
    ...new Set(inOrder.flatMap(({ from, to }) => [from?.getTime() ?? SINCE_EVER, ...timesOf(to)])),
  ];
  changes.sort((a, b) => a - b);
  const newest = new Map<string, DatedRow>();
  let next = 0;
  return changes.map((at) => {
    for (let row = inOrder[next]; row !== undefined && startOf(row) <= at; row = inOrder[next]) {
      newest.set(keyOf(row.row), row);
      next += 1;
    }
    const inForce = [...newest.values()].filter(
      (row) => !row.isClosed && (row.to === null || row.to.getTime() > at),
    );
    return { effectiveAt: at === SINCE_EVER ? null : new Date(at), rows: inForce.map(({ row }) => row) };
  });
}

function startOf({ from }: DatedRow): number {
  return from?.getTime() ?? SINCE_EVER;
}

function timesOf(at: Date | null): number[] {
  return at === null ? [] : [at.getTime()];
}
