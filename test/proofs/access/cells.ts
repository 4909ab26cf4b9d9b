import { matrix, mayDo, nameOf, type Row } from './matrix.ts';
import { SENDERS, type Sender } from './people.ts';
import { hasValue, VALUES, type Value } from './values.ts';

/** One field of the matrix: who sends what, for which row. */
export interface Cell {
  sender: Sender;
  row: Row;
  value: Value;
}

/** What the rules say of a field. */
export type Expected = 'acts' | 'served' | 'refused' | 'nothing-changes';

/** Every field that there is. */
export function listCells(): Cell[] {
  return SENDERS.flatMap((sender) =>
    matrix
      .filter((row) => !isOwnMatter(row, sender))
      .flatMap((row) =>
        VALUES.filter((value) => hasValue(row, sender, value)).map((value) => ({ sender, row, value })),
      ),
  );
}

/**
 * What is of the sender's own company, whatever is sent: an installation that ends there, a card that is added there. A
 * workspace where the app is not installed has no Home tab to draw on.
 */
function isOwnMatter({ way, names, acts, silent }: Row, sender: Sender): boolean {
  if (way === 'event') return silent === (sender !== 'unknown_workspace');
  return sender === 'other_company' && names === 'nothing' && acts;
}

/** So many fields, in an order of chance: each once before any comes again. */
export function drawCells(wanted: {
  requests: number;
  random: () => number;
  /** The name of the only row that is asked about. */
  only: string | undefined;
}): Cell[] {
  const { requests, random, only } = wanted;
  const all = listCells().filter(({ row }) => only === undefined || nameOf(row) === only);
  const drawn: Cell[] = [];
  while (drawn.length < requests) drawn.push(...shuffle(all, random));
  return drawn.slice(0, requests);
}

export function expectedOf({ sender, row, value }: Cell): Expected {
  const isPossible = row.who.length > 0;
  const mayHere = mayDo(row, sender, 'here');
  const mayAnywhere = mayHere || (row.ofOffice && mayDo(row, sender, 'elsewhere'));
  // A company admin elsewhere is served as what they are there, and finds nothing of this company.
  if ((!isPossible && row.silent) || sender === 'other_company') return 'nothing-changes';
  if (value === 'genuine' || value === 'elsewhere') {
    const may = value === 'genuine' ? mayHere : mayDo(row, sender, 'elsewhere');
    if (!may) return 'refused';
    return row.acts ? 'acts' : 'served';
  }
  return mayAnywhere || value === 'garbage' ? 'nothing-changes' : 'refused';
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
