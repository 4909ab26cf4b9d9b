import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../audit.ts';
import { checkSecretKey } from '../secrets/check-secret-key.ts';
import { placeOf } from '../secrets/sealed-columns.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** Where the vendor's API is, by default. */
export const PHONE_SYSTEM_URL = 'https://dialpad.com';

/** What the sealed key of a company's phone system is bound to. */
export const directoryKeyPlace = (companyId: bigint): string =>
  placeOf('directory_source', 'key_encrypted', companyId);

/**
 * Keeps where a company's directory is read from and with which key, sealed; it is read soon after, and then daily.
 * Throws RefillError `bad-argument` for an address that would send the key unencrypted.
 */
export async function connectPhoneSystem(
  deps: { db: Db; clock: Clock; secrets: SecretBox },
  of: { companyId: bigint; url: string; key: string },
): Promise<void> {
  const { companyId, key } = of;
  const url = URL.canParse(of.url) ? new URL(of.url) : null;
  const isLocal = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol !== 'https:' && !(isLocal && url?.protocol === 'http:'))
    throw new RefillError('bad-argument', `"${of.url}" is not an https address.`);
  if (!/^[\x21-\x7e]{8,4096}$/.test(key))
    throw new RefillError('bad-argument', 'That is not a key: at least 8 characters, without spaces.');
  await checkSecretKey(deps.db, deps.secrets);
  const at = deps.clock.now();
  const data = {
    url: url.origin,
    keyEncrypted: deps.secrets.seal(key, directoryKeyPlace(companyId)),
    dueAt: at,
  };
  await inTransaction(deps.db, async (tx) => {
    await tx.directorySource.upsert({
      where: { companyId },
      create: { companyId, ...data },
      update: { ...data, triedAt: null, outcome: null, message: null },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'directory-connected',
      details: { url: url.origin },
    });
  });
}

/** Forgets the key; the directory stays as it is. False where none was kept. */
export async function disconnectPhoneSystem(
  deps: { db: Db; clock: Clock },
  companyId: bigint,
): Promise<boolean> {
  return await inTransaction(deps.db, (tx) => forgetSource(tx, companyId, deps.clock.now()));
}

/** The same in a transaction. */
export async function forgetSource(tx: Tx, companyId: bigint, at: Date): Promise<boolean> {
  const { count } = await tx.directorySource.deleteMany({ where: { companyId } });
  if (count === 0) return false;
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'directory-disconnected',
    details: {},
  });
  return true;
}
