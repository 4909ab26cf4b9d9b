import { visibleText } from '../../outside-text.ts';

/** A space and a hyphen at which no line breaks. */
const SPACE = '\u00A0';
const HYPHEN = '\u2011';

const CARD = /(Visa|Mastercard|American Express|Discover|\p{L}+)?( ?)•••• (?=\d{4}\b)/gu;
const TIME = /(\d{1,2}:\d\d) ([AP]M)(?: (?=[A-Z]{2,5}\b|GMT[+-−]))?/g;
const DAY =
  /\b(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?=\d{1,2}\b)/g;
/** `$40.60 of $400.00` */
const SHARE = /(\$[\d,]+(?:\.\d+)?) of (?=\$\d)/g;
/** Stands between two facts, at the end of a line rather than at its beginning. */
const DOT = / · /g;
const NUMBER = /\b(R|P)-(?=\d{6}\b)|\b(INV)-(\d{4})-(?=\d)/g;

/**
 * Text as it leaves for Slack: without what is invisible, and with cards, times, days, parts of amounts and the numbers of
 * receipts and invoices in one piece, however narrow the screen; no line begins with the dot between two facts. Code, which
 * people copy and type, stays as it is.
 */
export function unbroken(text: string): string {
  return visibleText(text)
    .split(/(`[^`\n]*`)/)
    .map((part) => (part.startsWith('`') ? part : joinParts(part)))
    .join('');
}

function joinParts(text: string): string {
  return text
    .replace(CARD, (_, brand: string | undefined, space: string) => {
      const name = (brand ?? '').replace(' ', SPACE);
      return `${name}${space === '' ? '' : SPACE}••••${SPACE}`;
    })
    .replace(TIME, (found: string, time: string, half: string) =>
      found.endsWith(' ') ? `${time}${SPACE}${half}${SPACE}` : `${time}${SPACE}${half}`,
    )
    .replace(DAY, (_, weekday: string | undefined, month: string) =>
      weekday === undefined ? `${month}${SPACE}` : `${weekday},${SPACE}${month}${SPACE}`,
    )
    .replace(SHARE, (_, part: string) => `${part}${SPACE}of${SPACE}`)
    .replace(DOT, `${SPACE}· `)
    .replace(NUMBER, (_, kind: string | undefined, invoice: string, year: string) =>
      kind === undefined ? `${invoice}${HYPHEN}${year}${HYPHEN}` : `${kind}${HYPHEN}`,
    );
}
