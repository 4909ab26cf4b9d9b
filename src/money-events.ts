import { afterCommit } from './after-commit.ts';
import { moneyEvents } from './instruments.ts';
import type { Money } from './money.ts';

const ORDER = ['order', 'reference', 'kind', 'method', 'amount', 'code'] as const;
const CHARGE = ['order', 'attempt', 'amount', 'intent', 'code', 'advice'] as const;

/**
 * Every event of money that is logged, with its fields besides `company`: ids, amounts in dollars, codes. Never a name, a
 * number or an address. One line an event, at `info` (batches of usage: `debug`), once the change has committed.
 */
export const MONEY_EVENTS = {
  /* The states of an order (src/billing/orders/order-state.ts). */
  'order-awaiting-approval': ORDER,
  'order-confirmed': ORDER,
  'order-charging': ORDER,
  'order-needs-action': ORDER,
  'order-unknown': ORDER,
  'order-stuck': ORDER,
  'order-declined': ORDER,
  'order-settled': ORDER,
  'order-abandoned': ORDER,
  /* What became of a charge (src/billing/orders/attempts.ts). */
  'charge-succeeded': CHARGE,
  'charge-declined': CHARGE,
  'charge-challenged': CHARGE,
  'charge-refused': CHARGE,
  'charge-given-up': CHARGE,
  'refund-followed': ['order', 'refund', 'state', 'amount'],
  'dispute-followed': ['order', 'dispute', 'state', 'amount'],
  'recharge-decided': ['wallet', 'decision', 'amount', 'threshold', 'limit', 'used', 'order'],
  'bundle-period-opened': ['subscription', 'period', 'state', 'amount', 'price'],
  /* Entries of the ledger (src/ledger/read-statement.ts). */
  credited: ['office', 'kind', 'amount', 'source', 'reference', 'grant'],
  'credits-deducted': ['office', 'amount', 'reference'],
  'credits-moved': ['from', 'to', 'amount'],
  'credits-expired': ['wallet', 'kind', 'amount', 'grant'],
  'credits-reversed': ['grant', 'amount'],
  'credits-restored': ['amount'],
  'credit-sharing-changed': ['pooled'],
  'usage-posted': ['records', 'posted', 'amount'],
  'usage-corrected': ['source', 'drawn', 'returned'],
  'usage-refunded': ['source', 'drawn', 'returned'],
  /* Roles, settings, cards, what an operator does: whatever has an audit (src/org/audit.ts). */
  'change-recorded': ['action', 'actor', 'surface', 'details'],
} as const satisfies Record<string, readonly string[]>;

export type MoneyEvent = keyof typeof MONEY_EVENTS;

// Counted from 0: monitoring sees no increase in what begins at 1.
for (const event of Object.keys(MONEY_EVENTS)) moneyEvents.inc({ event, code: '' }, 0);

type Plain = string | number | bigint | boolean | null;
type EventFields<N extends MoneyEvent> = Record<
  (typeof MONEY_EVENTS)[N][number],
  Plain | Money | Readonly<Record<string, Plain>>
> & { companyId: bigint };

/**
 * Logs an event of money, once the change that it is about has committed: `client` is what that was written through. At
 * `debug` what would be logged again and again without being news, or would slow down whom it is about; where its fields
 * are not cheap they are a function, which is asked only where they are written.
 */
export function logMoneyEvent<N extends MoneyEvent>(
  client: object,
  event: N,
  given: EventFields<N> | (() => EventFields<N>),
  level: 'info' | 'debug' = 'info',
): void {
  afterCommit(client, (log) => {
    moneyEvents.inc({ event, code: codeOf(given) });
    if (!log.isLevelEnabled(level)) return;
    const { companyId, ...fields } = typeof given === 'function' ? given() : given;
    const written = Object.entries(fields).map(([name, value]) => [name, toText(value)]);
    log[level](
      { event, company: companyId.toString(), ...Object.fromEntries(written) },
      event.replaceAll('-', ' '),
    );
  });
}

/** What tells charges of one event apart, and recharges; none of others. */
function codeOf(given: object): string {
  if ('code' in given && typeof given.code === 'string') return given.code;
  return 'decision' in given && typeof given.decision === 'string' ? given.decision : '';
}

/** An amount keeps all of its digits; a number of a row is a text, as it is in every other line. */
function toText(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return isMoney(value) ? value.toFixed() : value;
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'toFixed' in value;
}
