/** What a day's usage costs under the rates of the test, worked out from what happened and without the code under test. */
import { Decimal } from 'decimal.js';

/** What truly happened: one for each call, message, fax or conversation. */
export type TrueUsage = { key: string; at: number } & (
  | {
      kind: 'call';
      external: string;
      /** Of the leg that counts, milliseconds; null when nobody answered. */
      connectedMs: number | null;
    }
  | { kind: 'sms'; failed: boolean; text: TextLength | null; recipients: number }
  | { kind: 'mms'; failed: boolean; recipients: number }
  | { kind: 'fax'; failed: boolean; pages: number }
  | { kind: 'ai_conversation'; responded: boolean }
);

/** A text by its length alone: in characters of the basic alphabet, of which some count double, or of any other. */
export interface TextLength {
  basic: number;
  double: number;
  other: number;
}

/** Others' numbers, by what a minute to or from them costs. */
const MINUTES = {
  '+44': { rate: '0.0137', first: 60, next: 60, fee: '0' },
  '+4420': { rate: '0.0111', first: 30, next: 6, fee: '0' },
  '+49': { rate: '0.0229', first: 1, next: 1, fee: '0.0015' },
  '+52': { rate: '0.0456', first: 60, next: 60, fee: '0' },
} as const;
const PIECES = {
  sms: { rate: '0.0080', fee: '0' },
  mms: { rate: '0.0215', fee: '0' },
  fax: { rate: '0.0325', fee: '0.1001' },
  ai_conversation: { rate: '0.9900', fee: '0' },
} as const;

/** The rates as a deck file. */
export function dayDeck(): string {
  const calls = Object.entries(MINUTES).map(
    ([prefix, { rate, first, next, fee }]) => `call,both,${prefix.slice(1)},${rate},${first},${next},${fee}`,
  );
  const pieces = Object.entries(PIECES).map(
    ([kind, { rate, fee }]) => `${kind},both,${kind === 'ai_conversation' ? '' : '1'},${rate},,,${fee}`,
  );
  return ['kind,direction,prefix,rate,first increment,next increment,fee', ...calls, ...pieces].join('\n');
}

/** What one of them costs, in dollars with four decimals. */
export function owedFor(usage: TrueUsage): string {
  if (usage.kind === 'call') return owedForCall(usage);
  const pieces = countPieces(usage);
  if (pieces === 0) return '0.0000';
  const { rate, fee } = PIECES[usage.kind];
  return new Decimal(rate).times(pieces).plus(fee).toFixed(4, Decimal.ROUND_HALF_UP);
}

function owedForCall({ external, connectedMs }: TrueUsage & { kind: 'call' }): string {
  if (connectedMs === null) return '0.0000';
  const [, row] =
    Object.entries(MINUTES)
      .filter(([prefix]) => external.startsWith(prefix))
      .toSorted(([a], [b]) => b.length - a.length)[0] ?? [];
  if (row === undefined) throw new RangeError(`no rate for ${external}`);
  const seconds = Math.ceil(connectedMs / 1_000);
  let billed: number = row.first;
  while (billed < seconds) billed += row.next;
  return new Decimal(row.rate).times(billed).dividedBy(60).plus(row.fee).toFixed(4, Decimal.ROUND_HALF_UP);
}

/** Nothing for what failed, or was not answered by the agent. */
function countPieces(usage: Exclude<TrueUsage, { kind: 'call' }>): number {
  if (usage.kind === 'ai_conversation') return usage.responded ? 1 : 0;
  if (usage.failed) return 0;
  if (usage.kind === 'fax') return usage.pages;
  return usage.recipients * (usage.kind === 'sms' ? segmentsOf(usage.text) : 1);
}

function segmentsOf(text: TextLength | null): number {
  if (text === null) return 1;
  const { basic, double, other } = text;
  // One character outside the basic alphabet, and all of them count as sixteen-bit units.
  const [units, single, part] = other > 0 ? [basic + double + other, 70, 67] : [basic + 2 * double, 160, 153];
  return units <= single ? 1 : Math.ceil(units / part);
}
