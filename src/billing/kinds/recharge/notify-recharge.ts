import type { Tx } from '../../../db/index.ts';
import type { WalletBalance } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { type NoticeFacts, postNotice } from '../../../notices/index.ts';
import {
  type Company,
  encodeScope,
  findCompany,
  labelScope,
  listOffices,
  recordAudit,
} from '../../../org/index.ts';
import { amountOf, findCardName, type PricedOrder, readScopeBalance, scopeOf } from '../../orders/order.ts';
import { readLines } from '../../orders/order-lines.ts';
import type { SettingRow } from '../../recharge-choice.ts';
import { updateSetting } from './store-setting.ts';
import { suggestAmount } from './suggest-amount.ts';

/** Why a recharge is not made, with the figures to say it. */
export interface Block {
  reason: 'cap' | 'daily' | 'exposure' | 'no_card';
  limit: Money;
  used: Money;
}

type RechargeFacts = Extract<NoticeFacts, { kind: 'recharge' }>;

/** Reports the state of a recharge in one message that is updated with each change. Applies R11.3b. */
export async function notifyRecharge(
  tx: Tx,
  order: PricedOrder,
  now: Date,
  story: { status: RechargeFacts['status'] } & Partial<
    Pick<RechargeFacts, 'receipt' | 'failureCode' | 'nextTryAt' | 'triesLeft' | 'isOff' | 'actionUrl'>
  >,
): Promise<void> {
  const company = await findCompany(tx, order.companyId);
  if (company === null) return;
  const offices = await listOffices(tx, company.id);
  const [line] = await readLines(tx, order);
  const scope = scopeOf(line);
  const amount = amountOf(order);
  const suggested = story.status === 'added' ? await suggestAmount(tx, company, order, now) : null;
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: rechargeKey(order),
    at: now,
    facts: {
      kind: 'recharge',
      token: order.token,
      scopeLabel: labelScope({ company, offices }, scope),
      scope: encodeScope(scope),
      amount: amount.toFixed(2),
      balance: (await readScopeBalance(tx, company.id, scope, now)).toFixed(),
      card: await findCardName(tx, order),
      verifyUntil: order.verifyUntil?.toISOString() ?? null,
      since: order.createdAt.toISOString(),
      at: now.toISOString(),
      timeZone: company.timeZone,
      receipt: null,
      failureCode: null,
      nextTryAt: null,
      triesLeft: 0,
      isOff: false,
      actionUrl: null,
      suggested: suggested?.toFixed(2) ?? null,
      ...story,
    },
  });
}

export function rechargeKey(order: { id: bigint }): string {
  return `recharge:${order.id}`;
}

/**
 * Reports once what stops a recharge; where that is over (`block` null), the same message is updated. A
 * missing card has no figures: the recharge is paused until there is one. False where it was said before.
 */
export async function notifyBlocked(
  tx: Tx,
  at: { company: Company; setting: SettingRow; wallet: WalletBalance; now: Date },
  block: Block | null,
): Promise<boolean> {
  const { company, setting, wallet, now } = at;
  const key = block === null ? null : nameBlock(block, setting);
  if (key === setting.blockedKey && block?.reason !== 'no_card') return false;
  const paused = block?.reason === 'no_card' ? { pausedFor: 'no_card' } : {};
  await updateSetting(tx, setting, { blockedKey: key, ...paused }, now);
  const told = key ?? setting.blockedKey;
  if (told === null) return true;
  const offices = await listOffices(tx, company.id);
  const scope = scopeOf(setting);
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `recharge-blocked:${wallet.walletId}:${told}`,
    at: now,
    facts: {
      kind: 'recharge_blocked',
      reason: block?.reason ?? (told.split(':')[0] as Block['reason']),
      token: setting.walletId.toString(),
      scopeLabel: labelScope({ company, offices }, scope),
      scope: encodeScope(scope),
      amount: fromMicros(setting.amountMicros).toFixed(2),
      balance: (await readScopeBalance(tx, company.id, scope, now)).toFixed(),
      limit: (block?.limit ?? fromMicros(setting.capMicros)).toFixed(2),
      used: (block?.used ?? fromMicros(0n)).toFixed(2),
      at: now.toISOString(),
      timeZone: company.timeZone,
      isOver: block === null,
    },
  });
  return true;
}

/** The same figures in the same month are the same block; another cap, amount or day is another. */
function nameBlock(block: Block, setting: SettingRow): string {
  const figures = `${setting.monthStartsAt.toISOString()}:${setting.capMicros}:${setting.amountMicros}`;
  return `${block.reason}:${figures}:${setting.setAt.getTime()}`;
}

/** Audits who set what, and who approved it where approval was needed (R28). */
export async function recordSetting(
  tx: Tx,
  setting: SettingRow,
  { by, at, approvedBy }: { by: string; at: Date; approvedBy?: string },
): Promise<void> {
  await recordAudit(tx, {
    companyId: setting.companyId,
    at,
    actor: by,
    surface: by === 'operator' ? 'operator' : 'slack',
    action: 'recharge-set',
    details: {
      wallet: setting.walletId.toString(),
      ...figuresOf(setting),
      ...(approvedBy === undefined ? {} : { approvedBy }),
    },
  });
}

/** Posts in the channel who set what (R27). */
export async function notifySetting(
  tx: Tx,
  company: Company,
  setting: SettingRow,
  by: { userId: string; at: Date },
): Promise<void> {
  const offices = await listOffices(tx, company.id);
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `recharge-settings:${setting.walletId}:${by.at.toISOString()}`,
    at: by.at,
    facts: {
      kind: 'recharge_settings',
      byUserId: by.userId,
      scopeLabel: labelScope({ company, offices }, scopeOf(setting)),
      ...figuresOf(setting),
      at: by.at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}

function figuresOf(setting: SettingRow): { isOn: boolean; threshold: string; amount: string; cap: string } {
  return {
    isOn: setting.isOn,
    threshold: fromMicros(setting.thresholdMicros).toFixed(2),
    amount: fromMicros(setting.amountMicros).toFixed(2),
    cap: fromMicros(setting.capMicros).toFixed(2),
  };
}
