import { type Clock, systemClock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, parseDollars } from '../../money.ts';
import { createCompany as insertCompany, issueLinkCode, recordAudit } from '../../org/index.ts';

interface CompanyOptions {
  name: string;
  timeZone: string;
  country: string;
  billing: string;
  billingDay: string;
  shared: boolean;
  /** Each `Name` or `Name:CC`; the first is the primary office. */
  office: string[];
  min: string;
  max: string;
  perDay: string;
  exposure: string;
}

/**
 * Creates a company with its offices and empty books, and issues the code that links its workspace.
 * Throws RefillError `bad-argument`, which names the option that is wrong.
 */
export async function createCompany(
  db: Db,
  options: CompanyOptions,
  clock: Clock = systemClock,
): Promise<{ companyId: bigint; code: string; expiresAt: Date }> {
  const at = clock.now();
  const offices = options.office.map((text) => {
    const [name = '', country = options.country] = text.split(':');
    return { name: name.trim(), country: readCountry(country) };
  });
  if (offices.length === 0 || offices.some(({ name }) => name === '')) throw bad('--office', 'needs a name');
  const { companyId } = await inTransaction(db, async (tx) => {
    const created = await insertCompany(tx, {
      name: options.name,
      timeZone: readTimeZone(options.timeZone),
      country: readCountry(options.country),
      billingMethod: readBilling(options.billing),
      billingDay: readBillingDay(options.billingDay),
      pooled: options.shared,
      limits: {
        min: readAmount('--min', options.min),
        max: readAmount('--max', options.max),
        perDay: readAmount('--per-day', options.perDay),
        exposure: readAmount('--exposure', options.exposure),
      },
      offices,
      at,
    });
    await recordAudit(tx, {
      companyId: created.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'company-added',
      details: { name: options.name },
    });
    return created;
  });
  return { companyId, ...(await issueLinkCode({ db, clock }, companyId)) };
}

function bad(option: string, what: string): RefillError {
  return new RefillError('bad-argument', `${option} ${what}.`);
}

function readAmount(option: string, text: string): Money {
  const read = parseDollars(text);
  if ('fault' in read) throw bad(option, `takes an amount of dollars like 500 or 12.50, not "${text}"`);
  return read.amount;
}

function readCountry(text: string): string {
  if (!/^[A-Z]{2}$/.test(text)) throw bad('--country', `takes two capital letters like US, not "${text}"`);
  return text;
}

function readTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw bad('--time-zone', `takes a zone like America/Los_Angeles, not "${text}"`);
  }
}

function readBilling(text: string): 'card' | 'invoice' {
  if (text !== 'card' && text !== 'invoice') throw bad('--billing', `is card or invoice, not "${text}"`);
  return text;
}

function readBillingDay(text: string): number {
  const day = Number(text);
  if (!Number.isInteger(day) || day < 1 || day > 31)
    throw bad('--billing-day', `is a day from 1 to 31, not "${text}"`);
  return day;
}
