import { monthOf, monthPeriod, type Period } from '../../calendar.ts';
import { type Money, parseDollars } from '../../money.ts';
import { moneyOffices, type Person } from '../../org/index.ts';
import { parseReceipt } from './receipt-number.ts';

/** What somebody looks for; null: not asked for. */
export interface ReceiptSearch {
  number: bigint | null;
  amount: Money | null;
  month: Period | null;
  officeIds: bigint[] | null;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Reads `R-000123`, `50`, `$50`, `november`, `nov 2026`, `2026-11`, `new york`, or several of these. A number without a
 * mark may be a receipt's or an amount. Null: some words are none of these. Pure.
 */
export function readReceiptSearch(
  text: string,
  person: Pick<Person, 'company' | 'offices' | 'roles'>,
  now: Date,
): ReceiptSearch | null {
  const found: ReceiptSearch = { number: null, amount: null, month: null, officeIds: null };
  const names: string[] = [];
  const words = text.trim().split(/\s+/).filter(Boolean);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const month = readMonth(word, words[index + 1], person.company.timeZone, now);
    const receipt = parseReceipt(word);
    const amount = parseDollars(word);
    if (month !== null) {
      found.month = month.period;
      index += month.words - 1;
    } else if (receipt !== null) found.number = receipt.payment;
    else if ('amount' in amount) {
      found.amount = amount.amount;
      if (/^\d{1,18}$/.test(word)) found.number = BigInt(word);
    } else names.push(word);
  }
  if (names.length === 0) return found;
  const name = fold(names.join(' '));
  const offices = moneyOffices(person as Person).filter((office) => fold(office.name).includes(name));
  return offices.length === 0 ? null : { ...found, officeIds: offices.map(({ id }) => id) };
}

/** `2026-11`, or a month by its name with its year; without one the last that has begun. */
function readMonth(
  word: string,
  next: string | undefined,
  timeZone: string,
  now: Date,
): { period: Period; words: number } | null {
  if (/^\d{4}-\d{2}$/.test(word)) return periodOf(word, timeZone, 1);
  const index = MONTHS.findIndex((month) => new RegExp(`^${month}[a-z]*\\.?$`, 'i').test(word));
  if (index < 0 || !isMonthName(word)) return null;
  const month = `${index + 1}`.padStart(2, '0');
  if (next !== undefined && /^20\d{2}$/.test(next)) return periodOf(`${next}-${month}`, timeZone, 2);
  const [year = '', current = ''] = monthOf(now, timeZone).split('-');
  return periodOf(`${month <= current ? year : Number(year) - 1}-${month}`, timeZone, 1);
}

/** Three letters, or the whole name. */
function isMonthName(word: string): boolean {
  const name = word.replace(/\.$/, '').toLowerCase();
  const names = MONTHS.map((_, index) =>
    new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' })
      .format(new Date(Date.UTC(2026, index, 1)))
      .toLowerCase(),
  );
  return MONTHS.includes(name) || name === 'sept' || names.includes(name);
}

function periodOf(month: string, timeZone: string, words: number): { period: Period; words: number } | null {
  const period = monthPeriod(month, timeZone);
  return period === null ? null : { period, words };
}

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
