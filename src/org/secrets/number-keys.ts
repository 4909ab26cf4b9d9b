import type { Clock } from '../../clock.ts';
import type { Db, Queryable, Tx } from '../../db/index.ts';
import { NumberKey, newNumberSecret } from '../../number-key.ts';
import { companyClosed } from '../require-not-closed.ts';
import { checkSecretKey } from './check-secret-key.ts';
import { placeOf } from './sealed-columns.ts';
import type { SecretBox } from './secret-box.ts';

export interface NumberKeyDeps {
  db: Db;
  secrets: SecretBox;
  clock: Clock;
}

/** What a company's sealed key is bound to. */
export const placeOfNumberKey = (companyId: bigint): string =>
  placeOf('number_key', 'key_encrypted', companyId);

/** Keys that this process has opened, by database and company. A company's key never changes. */
const opened = new WeakMap<Queryable, Map<bigint, NumberKey>>();
const MAX_OPENED = 1_000;

/**
 * A company's key for the numbers of other parties: made at its first use, sealed, the same ever after. Of two processes
 * that make it at once, one does. Throws RefillError `company-closed`, `secret-key-wrong`.
 */
export async function readNumberKey(deps: NumberKeyDeps, companyId: bigint): Promise<NumberKey> {
  const keys = opened.get(deps.db) ?? new Map<bigint, NumberKey>();
  const known = keys.get(companyId);
  if (known !== undefined) return known;
  const key = new NumberKey(
    deps.secrets.open(await findSealed(deps, companyId), placeOfNumberKey(companyId)),
  );
  if (keys.size >= MAX_OPENED) keys.clear();
  opened.set(deps.db, keys.set(companyId, key));
  return key;
}

async function findSealed({ db, secrets, clock }: NumberKeyDeps, companyId: bigint): Promise<string> {
  const found = await db.numberKey.findUnique({ where: { companyId } });
  if (found !== null) return requireKey(found.keyEncrypted);
  await checkSecretKey(db, secrets);
  const sealed = secrets.seal(newNumberSecret(), placeOfNumberKey(companyId));
  await db.$executeRaw`INSERT INTO number_key (company_id, key_encrypted, created_at)
    VALUES (${companyId}, ${sealed}, ${clock.now()}) ON CONFLICT (company_id) DO NOTHING`;
  const { keyEncrypted } = await db.numberKey.findUniqueOrThrow({ where: { companyId } });
  return requireKey(keyEncrypted);
}

/** Destroys a company's key when the company is closed: from then on what was keyed with it says nothing to anybody. */
export async function destroyNumberKey(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await tx.$executeRaw`INSERT INTO number_key (company_id, created_at, destroyed_at) VALUES (${companyId}, ${at}, ${at})
    ON CONFLICT (company_id) DO UPDATE SET key_encrypted = NULL, destroyed_at = excluded.destroyed_at
    WHERE number_key.destroyed_at IS NULL`;
}

function requireKey(keyEncrypted: string | null): string {
  if (keyEncrypted !== null) return keyEncrypted;
  throw companyClosed();
}
