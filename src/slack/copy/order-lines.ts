import { dollars, formatBalance, formatDollars, type Money } from '../../money.ts';
import { escapeText, shorten } from './mrkdwn.ts';

/** How many lines of an order are written out; the others are counted. */
const MAX_LINES = 10;
/** Ten names, each character escaped, fit a field of 2,000 characters. */
const MAX_NAME = 30;

const nameOf = ({ scopeLabel }: Pick<Line, 'scopeLabel'>): string =>
  escapeText(shorten(scopeLabel, MAX_NAME));

interface Line {
  scopeLabel: string;
  amount: Money | string;
}

/** Whose credits an order adds to: "New York", or "New York ($40.00), Boston ($60.00) and 3 more". */
export function nameLines(lines: readonly Line[]): string {
  const [line, ...others] = lines;
  if (line !== undefined && others.length === 0) return escapeText(line.scopeLabel);
  const named = lines
    .slice(0, MAX_LINES)
    .map((each) => `${nameOf(each)} (${formatDollars(dollars(each.amount))})`);
  return `${named.join(', ')}${lines.length > MAX_LINES ? ` and ${lines.length - MAX_LINES} more` : ''}`;
}

/** What an order added to each of its credits, and what these came to, a line each. */
export function listBalances(lines: readonly (Line & { balance: Money | string })[]): string {
  const named = lines
    .slice(0, MAX_LINES)
    .map(
      (each) =>
        `• ${nameOf(each)}: ${formatDollars(dollars(each.amount))} added, balance ${formatBalance(dollars(each.balance))}`,
    );
  return [...named, ...(lines.length > MAX_LINES ? [`• and ${lines.length - MAX_LINES} more`] : [])].join(
    '\n',
  );
}
