import { type Db, inTransaction } from '../../../src/db/index.ts';
import type { NewUsage } from '../../../src/ledger/index.ts';
import { toMicros } from '../../../src/money.ts';

/**
 * What one would write without a ledger: an interactive transaction a record that locks the wallet, inserts the usage
 * and its entry, and updates the wallet. The same tables and indexes, in a company of its own.
 */
export async function postNaively(
  db: Db,
  wallet: { companyId: bigint; walletId: bigint },
  usage: NewUsage,
): Promise<void> {
  const { companyId, walletId } = wallet;
  const { cost, class: usageClass, ...facts } = usage;
  const costMicros = toMicros(cost);
  await inTransaction(db, async (tx) => {
    const [locked] = await tx.$queryRaw<{ seq: bigint; general: bigint; calling: bigint; ai: bigint }[]>`
      SELECT seq, general_micros AS general, calling_micros AS calling, ai_micros AS ai
      FROM wallet WHERE company_id = ${companyId} AND id = ${walletId} FOR UPDATE`;
    if (locked === undefined) throw new Error('the naive company has no wallet');
    const seq = locked.seq + 1n;
    const general = locked.general - costMicros;
    const postedAt = usage.usageAt;
    await tx.usageRecord.create({
      data: {
        ...facts,
        class: usageClass,
        companyId,
        revision: 0,
        durationMs: BigInt(usage.durationMs),
        costMicros,
        facts: 0n,
        version: 0n,
        paidWalletId: walletId,
        paidSeq: seq,
        postedAt,
        seal: 0n,
      },
    });
    await tx.entry.create({
      data: {
        companyId,
        walletId,
        seq,
        type: 'usage',
        class: usageClass,
        amountMicros: -costMicros,
        balanceAfterMicros: general + locked.calling + locked.ai,
        generalAfterMicros: general,
        callingAfterMicros: locked.calling,
        aiAfterMicros: locked.ai,
        debtCallsAfterMicros: 0n,
        debtAiAfterMicros: 0n,
        isSplit: false,
        source: usage.source,
        reference: usage.externalId,
        officeId: usage.officeId,
        usageAt: usage.usageAt,
        postedAt,
        seal: 0n,
      },
    });
    await tx.wallet.update({
      where: { companyId_id: { companyId, id: walletId } },
      data: { seq, generalMicros: general },
    });
  });
}
