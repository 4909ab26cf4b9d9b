import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../audit.ts';
import { placeOfRow, stampSecretKey } from './check-secret-key.ts';
import { readSealedRows, replaceSealed } from './sealed-columns.ts';
import type { SecretBox } from './secret-box.ts';

export interface Rotation {
  resealed: number;
  /** Sealed under the current key before. */
  current: number;
}

/**
 * Seals every secret of the database again under the current key, in one transaction; run again, it finds nothing to do.
 * Throws RefillError `secret-unreadable` that names what no key opens, having changed nothing.
 */
export async function rotateSecrets(
  deps: { db: Db; clock: Clock; secrets: SecretBox },
  actor = 'operator',
): Promise<Rotation> {
  const { db, clock, secrets } = deps;
  return await inTransaction(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM instance WHERE id = 1 FOR UPDATE`;
    const rows = await readSealedRows(tx);
    const waiting = rows.filter(({ sealed }) => !secrets.isCurrent(sealed));
    const perCompany = new Map<bigint, number>();
    for (const row of waiting) {
      if (!(await replaceSealed(tx, row, reseal(secrets, row))))
        throw new RefillError(
          'secrets-changed',
          'A secret was changed meanwhile. Nothing was done; run it again.',
        );
      if (row.companyId !== null) perCompany.set(row.companyId, (perCompany.get(row.companyId) ?? 0) + 1);
    }
    await stampSecretKey(tx, secrets);
    for (const [companyId, count] of perCompany)
      await recordAudit(tx, {
        companyId,
        at: clock.now(),
        actor,
        surface: 'operator',
        action: 'secrets-rotated',
        details: { count },
      });
    return { resealed: waiting.length, current: rows.length - waiting.length };
  });
}

function reseal(secrets: SecretBox, row: Parameters<typeof placeOfRow>[0]): string {
  const place = placeOfRow(row);
  try {
    return secrets.seal(secrets.open(row.sealed, place), place);
  } catch (error) {
    throw new RefillError(
      'secret-unreadable',
      `The secret in ${place} opens under neither REFILL_SECRET_KEY nor REFILL_SECRET_KEY_OLD. Nothing was changed.`,
      {},
      { cause: error },
    );
  }
}
