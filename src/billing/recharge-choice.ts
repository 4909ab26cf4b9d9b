import type { Queryable } from '../db/index.ts';
import type { CompanyBalance, WalletBalance } from '../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../money.ts';

export type SettingRow = NonNullable<Awaited<ReturnType<Queryable['rechargeSetting']['findUnique']>>>;

/** How somebody wants auto-recharge of some credits to be. */
export interface RechargeChoice {
  isOn: boolean;
  threshold: Money;
  amount: Money;
  cap: Money;
  /** Whether one recharge adds the amount as often as it takes to reach the threshold (R11); absent: as it was. */
  fills?: boolean | undefined;
}

/** What a modal offers where nothing was chosen yet (R11). */
export const DEFAULT_RECHARGE_CHOICE = {
  threshold: dollars('5'),
  amount: dollars('50'),
  cap: dollars('500'),
  fills: true,
};

/** Shared credits are recharged in the pool, others in each office: what another wallet is set to does not count. */
export function isRechargeable(balance: CompanyBalance, wallet: WalletBalance): boolean {
  return balance.pooled === (wallet.officeId === null);
}

/** How auto-recharge is set. */
export function choiceOf(setting: SettingRow): RechargeChoice {
  return {
    isOn: setting.isOn,
    threshold: fromMicros(setting.thresholdMicros),
    amount: fromMicros(setting.amountMicros),
    cap: fromMicros(setting.capMicros),
    fills: setting.fills,
  };
}
