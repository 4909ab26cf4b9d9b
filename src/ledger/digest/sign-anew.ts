import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { type DigestSigner, readHead, requireSoundHead, signHead } from './digest-head.ts';
import { readLastDigests } from './read-digests.ts';

/**
 * Signs every company's last digest anew under the current key, once it holds under the one that signed it, all in one
 * transaction. Returns how many were under an older key. Throws RefillError `digest-broken`, having signed nothing.
 */
export async function signDigestsAnew({
  db,
  clock,
  signer,
}: {
  db: Db;
  clock: Clock;
  signer: DigestSigner;
}): Promise<number> {
  return await inTransaction(db, async (tx) => {
    await tx.$executeRaw`LOCK TABLE book_digest_head IN SHARE ROW EXCLUSIVE MODE`;
    let signed = 0;
    const current = signer.sign('').keyId;
    for (const last of await readLastDigests(tx)) {
      const head = await readHead(tx, last.companyId);
      requireSoundHead(signer, head, last);
      if (head?.keyId === current) continue;
      await signHead(tx, signer, last, clock.now());
      signed += 1;
    }
    return signed;
  });
}
