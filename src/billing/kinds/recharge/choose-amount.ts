import type { Tx } from '../../../db/index.ts';
import type { WalletBalance } from '../../../ledger/index.ts';
import { fromMicros, type Money, toMicros } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { readDayAllowance, readInvoiceAllowance } from '../../orders/limits.ts';
import type { RechargeChoice, SettingRow } from '../../recharge-choice.ts';
import { countedMonth, sumRecharges } from './settings.ts';

/** What is charged for one wallet, by how it is set and what it has. */
interface Wanted {
  company: Company;
  setting: Pick<
    SettingRow,
    | 'companyId'
    | 'walletId'
    | 'monthStartsAt'
    | 'monthEndsAt'
    | 'amountMicros'
    | 'capMicros'
    | 'thresholdMicros'
    | 'fills'
  >;
  wallet: Pick<WalletBalance, 'freeGeneral'>;
  now: Date;
}

/**
 * The amount of one recharge (R11): the amount that is set, as often as it takes to reach the threshold, lowered to the
 * most that fits the month's recharge limit, the 24-hour limit, the largest purchase and, on invoice, what invoices may
 * owe; once at least. Under the company's lock, after it was found that one amount fits. Applies R11.3a.
 */
export async function chooseAmount(tx: Tx, { company, setting, wallet, now }: Wanted): Promise<Money> {
  const amount = fromMicros(setting.amountMicros);
  if (!setting.fills) return amount;
  const missing = fromMicros(setting.thresholdMicros).minus(wallet.freeGeneral);
  const rooms = [
    fromMicros(setting.capMicros).minus(await sumRecharges(tx, setting)),
    await readDayAllowance(tx, company, now),
    company.purchaseLimits.max,
    ...(company.billingMethod === 'invoice' ? [(await readInvoiceAllowance(tx, company.id)).room] : []),
  ];
  const times = [missing.dividedBy(amount).ceil(), ...rooms.map((room) => room.dividedBy(amount).floor())];
  const least = times.reduce((one, other) => (other.lessThan(one) ? other : one));
  return least.greaterThan(1) ? amount.times(least) : amount;
}

/** What a choice would charge at once, as far as can be known before it is made. */
export async function foreseeAmount(
  tx: Tx,
  {
    company,
    before,
    choice,
    wallet,
    now,
  }: {
    company: Company;
    before: SettingRow | null;
    choice: RechargeChoice;
    wallet: WalletBalance;
    now: Date;
  },
): Promise<Money> {
  const setting = {
    ...countedMonth(company, wallet, before, now),
    thresholdMicros: toMicros(choice.threshold),
    amountMicros: toMicros(choice.amount),
    capMicros: toMicros(choice.cap),
    fills: choice.fills ?? before?.fills ?? false,
  };
  return await chooseAmount(tx, { company, setting, wallet, now });
}
