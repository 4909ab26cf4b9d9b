import type { Queryable, Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { DayDigest } from './read-digests.ts';

/** Signs texts under a key that the database does not have. The operator's secret box is one. */
export interface DigestSigner {
  sign(text: string): HeadSignature;
  checkSignature(text: string, given: HeadSignature): 'current' | 'old' | 'wrong' | 'unknown-key';
}

interface HeadSignature {
  keyId: string;
  /** 32 bytes. */
  signature: Uint8Array;
}

/** The signature of a company's last digest. */
export interface DigestHead extends HeadSignature {
  /** UTC, `2026-11-28`. */
  day: string;
}

/** The head of a company's chain, or null where none was made. */
export async function readHead(db: Queryable, companyId: bigint): Promise<DigestHead | null> {
  const rows = await db.$queryRaw<DigestHead[]>`
    SELECT day::text, key_id AS "keyId", signature FROM book_digest_head WHERE company_id = ${companyId}`;
  return rows[0] ?? null;
}

/** Signs a digest as the last one of its company. Applies R28.5. */
export async function signHead(tx: Tx, signer: DigestSigner, digest: DayDigest, at: Date): Promise<void> {
  const { keyId, signature } = signDigest(signer, digest);
  await tx.$executeRaw`
    INSERT INTO book_digest_head (company_id, day, key_id, signature, signed_at)
    VALUES (${digest.companyId}, ${digest.day}::date, ${keyId}, ${signature}, ${at})
    ON CONFLICT (company_id) DO UPDATE
    SET day = excluded.day, key_id = excluded.key_id, signature = excluded.signature, signed_at = excluded.signed_at`;
}

/** The signature of a digest as the last one of its company. */
export function signDigest(signer: DigestSigner, digest: DayDigest): HeadSignature {
  return signer.sign(textOf(digest));
}

/** Returns why the signature of a company's last digest does not hold, as a sentence; null where it holds. */
export function faultOfHead(
  signer: DigestSigner,
  head: DigestHead | null,
  last: DayDigest | null,
): string | null {
  if (head === null) return last === null ? null : 'the last digest is not signed';
  if (last?.day !== head.day)
    return `the signature is of ${head.day}, and the last digest is of ${last?.day ?? 'no day'}`;
  switch (signer.checkSignature(textOf(last), head)) {
    case 'wrong':
      return `the digest of ${head.day} is not the one that was signed`;
    case 'unknown-key':
      return `the digest of ${head.day} is signed under key ${head.keyId}, which is not REFILL_SECRET_KEY`;
    default:
      return null;
  }
}

/** Throws RefillError `digest-broken` where the chain differs from what was signed, so that it is not signed again. */
export function requireSoundHead(
  signer: DigestSigner,
  head: DigestHead | null,
  last: DayDigest | null,
): void {
  const fault = faultOfHead(signer, head, last);
  if (fault === null) return;
  const companyId = last?.companyId ?? null;
  throw new RefillError(
    'digest-broken',
    `The digests of company ${companyId ?? 'unknown'} do not hold: ${fault}. Nothing was signed. Run: refill verify`,
    { companyId },
  );
}

function textOf({ companyId, day, version, digest }: DayDigest): string {
  return `refill books digest ${version}\n${companyId}\n${day}\n${Buffer.from(digest).toString('hex')}\n`;
}
