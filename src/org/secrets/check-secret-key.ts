import type { Db, Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { placeOf, readSealedRows, type SealedRow } from './sealed-columns.ts';
import type { SecretBox } from './secret-box.ts';

const PLACE = 'instance.secret_check 1';
const CONTENT = 'refill';

export type SecretKeyState = 'current' | 'old';

/**
 * Finds a wrong REFILL_SECRET_KEY before anything is sealed under it or fails to open: a check value in the database
 * must open. The first check stores it, once everything that is sealed already opens. `old` means that secrets wait
 * under REFILL_SECRET_KEY_OLD for their rotation. Throws RefillError `secret-key-wrong`.
 */
export async function checkSecretKey(db: Db, secrets: SecretBox): Promise<SecretKeyState> {
  const instance = await db.instance.findUnique({ where: { id: 1 } });
  // A database that no app has used yet: the first start checks the secrets that are sealed by then.
  if (instance === null) return 'current';
  const { secretCheck } = instance;
  if (secretCheck !== null) {
    if (!opens(secrets, secretCheck, PLACE)) throw wrongKey();
    return secrets.isCurrent(secretCheck) ? 'current' : 'old';
  }
  const rows = await readSealedRows(db);
  if (rows.some((row) => !opens(secrets, row.sealed, placeOfRow(row)))) throw wrongKey();
  await db.instance.updateMany({
    where: { id: 1, secretCheck: null },
    data: { secretCheck: secrets.seal(CONTENT, PLACE) },
  });
  // Another process may have stored its own at the same moment.
  const stored = await db.instance.findUniqueOrThrow({ where: { id: 1 } });
  if (!opens(secrets, stored.secretCheck ?? '', PLACE)) throw wrongKey();
  return 'current';
}

/** Says from now on that the database is sealed under the current key. */
export async function stampSecretKey(db: Queryable, secrets: SecretBox): Promise<void> {
  await db.instance.updateMany({ where: { id: 1 }, data: { secretCheck: secrets.seal(CONTENT, PLACE) } });
}

export function placeOfRow({ table, column, id }: SealedRow): string {
  return placeOf(table, column, id);
}

function opens(secrets: SecretBox, sealed: string, place: string): boolean {
  try {
    secrets.open(sealed, place);
    return true;
  } catch {
    return false;
  }
}

function wrongKey(): RefillError {
  return new RefillError(
    'secret-key-wrong',
    'REFILL_SECRET_KEY is not the key that the secrets in this database are sealed under. Set the key they were ' +
      'sealed under (before it was set, that was the bot token), or set that one as REFILL_SECRET_KEY_OLD and run: ' +
      'refill secrets rotate',
  );
}
