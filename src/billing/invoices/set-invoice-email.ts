import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { findCompany, lockCompany, recordAudit } from '../../org/index.ts';

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Where the processor sends a company's invoices from now on, where they are mirrored to it. Throws RefillError
 * `company-unknown`, `bad-argument` for what is no address.
 */
export async function setInvoiceEmail(
  db: Db,
  wanted: { companyId: bigint; email: string; at: Date },
): Promise<void> {
  const { companyId, email, at } = wanted;
  if (!ADDRESS.test(email)) throw new RefillError('bad-argument', `"${email}" is not an e-mail address.`);
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    if ((await findCompany(tx, companyId)) === null)
      throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    await tx.company.update({ where: { id: companyId }, data: { invoiceEmail: email } });
    // What the processor refused for want of it need not wait.
    await tx.invoiceMirror.updateMany({
      where: { companyId, state: 'pending', nextPollAt: { not: null } },
      data: { nextPollAt: at },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'invoice-email-set',
      details: {},
    });
  });
}
