import { noonOf, type Period } from '../../calendar.ts';
import type {
  CreditKind,
  ExplainedLine,
  PastBalance,
  StatementEntry,
  UsageClass,
} from '../../ledger/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import { kindNames, singleKinds } from './export.ts';
import { formatDay, formatWhen, formatZone } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

const CREDITS: Record<CreditKind | 'debt', string> = {
  general: 'general credits',
  calling: 'the calling bundle',
  ai: 'the AI bundle',
  debt: 'overdrawn',
};

function signed(money: Money): string {
  return money.greaterThan(0) ? `+${formatDollars(money)}` : formatDollars(money);
}

const dayName = (day: string, now: Date): string => formatDay(noonOf(day), 'UTC', now);

/** Which credits gave or got how much: `calling bundle $2.00, general credits $0.53`. */
function creditsOf(parts: Record<CreditKind | 'debt', Money>): string {
  const touched = (['calling', 'ai', 'general', 'debt'] as const).filter((kind) => !parts[kind].isZero());
  const [only] = touched;
  if (touched.length === 1 && only !== undefined) {
    const isTaken = parts[only].isNegative();
    if (only === 'debt') return isTaken ? 'overdrawn' : 'overdraft repaid';
    return isTaken ? `paid by ${CREDITS[only]}` : `to ${CREDITS[only]}`;
  }
  return touched.map((kind) => `${CREDITS[kind]} ${signed(parts[kind])}`).join(', ');
}

function by(actor: string | null): string {
  const userId = /^\w+\/(\w+)$/.exec(actor ?? '')?.[1];
  return userId === undefined ? '' : ` by <@${userId}>`;
}

const said = (reason: string | null): string => (reason === null ? '' : escapeText(shorten(reason, 80)));

/** Within a sentence; SMS and AI stay what they are. */
const uncapitalise = (name: string): string =>
  name.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

/** What happened, of an entry or of several put together. */
function what(of: {
  type: ExplainedLine['type'];
  category: string | null;
  class: UsageClass | null;
  entries: number;
  reason: string | null;
  actor: string | null;
}): string {
  const isOne = of.entries === 1;
  const names = isOne ? singleKinds : kindNames;
  const kind = names[of.category ?? ''] ?? (of.class === 'ai' ? 'AI' : 'Calls and messages');
  const counted = isOne ? kind : `${of.entries.toLocaleString('en-US')} ${uncapitalise(kind)}`;
  const reason = said(of.reason);
  switch (of.type) {
    case 'usage':
      return counted;
    case 'correction':
      return `Correction of ${isOne ? uncapitalise(kind) : counted}${reason === '' ? '' : `: ${reason}`}`;
    case 'refund':
      return `Refund of ${uncapitalise(kind)}${reason === '' ? '' : `: ${reason}`}${by(of.actor)}`;
    case 'grant':
      return `${reason === '' ? 'Credits added' : reason}${by(of.actor)}`;
    case 'fill':
      return 'Overdraft repaid';
    case 'lapse':
      return 'Expired: unused credits of a bundle';
    case 'reversal':
      return `Reversed${reason === '' ? '' : `: ${reason}`}`;
    case 'adjustment':
      return `Deducted${reason === '' ? '' : `: ${reason}`}${by(of.actor)}`;
    case 'move':
      return `Moved between offices and the shared credits${by(of.actor)}`;
  }
}

function partsOf(entry: StatementEntry): Record<CreditKind | 'debt', Money> {
  const parts = { general: dollars('0'), calling: dollars('0'), ai: dollars('0'), debt: dollars('0') };
  for (const part of entry.parts) {
    const kind = 'kind' in part ? part.kind : 'debt';
    parts[kind] = parts[kind].plus(part.amount);
  }
  return parts;
}

export const whyCopy = {
  help: '`/credits why`  your balance history, transaction by transaction',
  button: 'Balance history',
  title: 'Balance history',
  loading: 'One moment…',
  close: 'Close',
  signed,
  periods: {
    today: 'Today',
    week: 'Last 7 days',
    month: 'This month',
    'last-month': 'Last month',
  },
  allOffices: 'Shared by all offices',
  opening: ({ from }: Period, timeZone: string): string =>
    `Opening balance, ${formatDay(from, timeZone, from)}`,
  closing: ({ to }: Period, timeZone: string, now: Date): string =>
    to > now
      ? 'Closing balance, now'
      : `Closing balance, ${formatDay(new Date(to.getTime() - 1), timeZone, to)}`,
  chartEnds: ({ from, to }: Period, timeZone: string, now: Date): { first: string; last: string } => {
    const short = (at: Date): string => formatDay(at, timeZone, at).replace(/^\w+, /, '');
    return { first: short(from), last: to > now ? 'now' : short(new Date(to.getTime() - 1)) };
  },
  moneyIn: 'Added',
  moneyOut: 'Used',
  /** What a balance is made of, where it is more than general credits. */
  madeOf: ({ general, calling, ai, debt, balance }: PastBalance): string => {
    const owed = debt.calls.plus(debt.ai);
    const parts = [
      ['general credits', general],
      ['the calling bundle', calling],
      ['the AI bundle', ai],
      ['overdrawn', owed.negated()],
    ] as const;
    const told = parts.filter(([, money]) => !money.isZero());
    const [only] = told;
    if (told.length === 1 && only !== undefined)
      return only[0] === 'overdrawn' ? 'Overdrawn.' : `All of it is ${only[0]}.`;
    if (told.length === 0) return 'No credits left, and nothing overdrawn.';
    return `${formatDollars(balance)} is ${told
      .map(([name, money]) => `${formatDollars(money)} ${name.replace('the ', 'of the ')}`)
      .join(' + ')
      .replaceAll('+ −', '− ')}.`;
  },
  shared: (isPool: boolean): string =>
    isPool
      ? 'All offices share these credits, so the usage of every office is here, after the bundle it may have of its own.'
      : 'All offices share their credits. Here is only what this office has of its own; the rest is paid by the shared credits.',
  nothing: 'No transactions in this period.',
  noMore: 'No older transactions in this period.',
  /** `total`: of the whole day. */
  day: (day: string, total: Money | null, now: Date): string =>
    `*${dayName(day, now)}*${total === null ? '' : `   ${signed(total)}`}`,
  each: 'View transactions',
  line: (line: ExplainedLine): string =>
    `• *${signed(line.amount)}*  ${what(line)} · ${creditsOf(line.parts)}`,
  newest: 'Newest days',
  older: 'Older days',
  dayTitle: (day: string, whose: string, now: Date): string =>
    `*${dayName(day, now)}* · ${escapeText(shorten(whose, 75))}`,
  dayOpening: 'Opening balance',
  dayClosing: 'Closing balance',
  /** `receipt`: of the payment that added it. */
  entry: (entry: StatementEntry, timeZone: string, receipt: string | null): string => {
    const usedAt = entry.usageAt === null ? '' : ` at ${formatWhen(entry.usageAt, timeZone, entry.postedAt)}`;
    const number = entry.externalNumber === null ? '' : `, ${escapeText(entry.externalNumber)}`;
    const time =
      entry.usageAt === null ? ` at ${formatWhen(entry.postedAt, timeZone, entry.postedAt)}` : usedAt;
    return `• *${signed(entry.amount)}*  ${what({ ...entry, entries: 1 })}${number}${time}${receipt === null ? '' : ` · ${receipt}`} · ${creditsOf(partsOf(entry))} → balance ${formatDollars(entry.balanceAfter)}`;
  },
  back: 'Back',
  first: 'First',
  later: 'Later',
  note: (timeZone: string): string =>
    `Times are in ${formatZone(timeZone)}. Usage appears on the day we receive it, which can be after the call.`,
};
