import type { Clock } from '../clock.ts';
import { type Db, inTransaction, type Tx } from '../db/index.ts';
import { readBalance, type WalletBalance } from '../ledger/index.ts';
import { type Company, findCompany, labelScope, listOffices } from '../org/index.ts';
import type { JobPayload } from '../queue/index.ts';
import { postNotice } from './post-notice.ts';

/** While a balance hovers around its level, people are told again at most once in this time (R27). */
const COOL_DOWN_MS = 24 * 3_600_000;

type Watched = JobPayload<'watch-balance'>;

/**
 * Decides what a class of a wallet needs once it crossed its watch level, from the balance as it is now: the
 * crossing only woke us, and may be over. Low is told once per crossing and not again within the cool-down; back
 * above the level, the same message says so.
 */
export async function watchBalance(deps: { db: Db; clock: Clock }, watched: Watched): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    // One decision at a time for a company's wallet: the row may not exist yet, so the company is the lock.
    await tx.$queryRaw`SELECT id FROM company WHERE id = ${watched.companyId} FOR NO KEY UPDATE`;
    const { wallets } = await readBalance(tx, watched.companyId, deps.clock.now());
    const wallet = wallets.find(({ walletId }) => walletId === watched.walletId);
    const company = await findCompany(tx, watched.companyId);
    if (wallet === undefined || company === null) return;
    const level = wallet.watch[watched.class];
    if (level === null) return;
    const where = {
      companyId_walletId_class: { companyId: company.id, walletId: wallet.walletId, class: watched.class },
    };
    const alert = await tx.balanceAlert.findUnique({ where });
    const isLow = wallet.available[watched.class].lessThan(level);
    if (isLow === (alert?.isLow ?? false)) return;
    const now = deps.clock.now();
    const isHovering = alert !== null && now.getTime() - alert.toldAt.getTime() < COOL_DOWN_MS;
    const lowSince = isLow ? now : (alert?.lowSince ?? now);
    const dedupeKey =
      alert !== null && (!isLow || isHovering)
        ? alert.dedupeKey
        : `low-balance:${wallet.walletId}:${watched.class}:${now.toISOString()}`;
    const toldAt = alert !== null && (!isLow || isHovering) ? alert.toldAt : now;
    const state = { isLow, lowSince, toldAt, dedupeKey };
    await tx.balanceAlert.upsert({
      where,
      create: { companyId: company.id, walletId: wallet.walletId, class: watched.class, ...state },
      update: state,
    });
    await tell(tx, { company, wallet, watched, dedupeKey, lowSince, isLow, now });
  });
}

async function tell(
  tx: Tx,
  story: {
    company: Company;
    wallet: WalletBalance;
    watched: Watched;
    dedupeKey: string;
    lowSince: Date;
    isLow: boolean;
    now: Date;
  },
): Promise<void> {
  const { company, wallet, watched, now } = story;
  const offices = await listOffices(tx, company.id);
  const scope =
    wallet.officeId === null
      ? ({ kind: 'company' } as const)
      : ({ kind: 'office', officeId: wallet.officeId } as const);
  const available = wallet.available[watched.class].toFixed();
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: story.dedupeKey,
    at: now,
    facts: {
      kind: 'low_balance',
      scopeLabel: labelScope({ company, offices }, scope),
      class: watched.class,
      available,
      alertAt: (wallet.watch[watched.class] ?? wallet.available[watched.class]).toFixed(),
      recovered: story.isLow ? null : { at: now.toISOString(), balance: available },
      since: story.lowSince.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
