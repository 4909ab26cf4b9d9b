/** The digest of a company's books as a whole, for a company that goes from one installation to another. */
import type { Queryable } from '../../db/index.ts';
import { NO_DIGEST } from './compute-digest.ts';
import { type DigestSigner, readHead, requireSoundHead, signDigest } from './digest-head.ts';
import { type DayDigest, readLastDigests } from './read-digests.ts';

/** SHA-256 over every row that was posted, in hexadecimal, and how many there are. */
export interface BooksDigest {
  sha256: string;
  rows: string;
}

/** A connection with a transaction of its own, which COPY needs. */
interface SqlClient {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }>;
}

/** Computes the digest of everything that a company posted, as `ledger_digest` covers it for a day. */
export async function digestBooks(client: SqlClient, companyId: bigint): Promise<BooksDigest> {
  const { rows } = await client.query<BooksDigest>(
    `SELECT encode(digest, 'hex') AS sha256, row_count::text AS rows
    FROM ledger_digest($1, '-infinity', 'infinity', $2)`,
    [companyId, NO_DIGEST],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('ledger_digest answered nothing');
  return made;
}

/** Throws RefillError `digest-broken` where a company's chain of digests is not as it was signed. */
export async function requireSoundDigests(
  db: Queryable,
  signer: DigestSigner,
  companyId: bigint,
): Promise<void> {
  const [last = null] = await readLastDigests(db, { companyId });
  requireSoundHead(signer, await readHead(db, companyId), last);
}

/** Signs the last digest of a company that came without a signature; none where it has no digest yet. */
export async function signLastDigest(
  client: SqlClient,
  signer: DigestSigner,
  companyId: bigint,
  at: Date,
): Promise<void> {
  const { rows } = await client.query<Pick<DayDigest, 'day' | 'version' | 'digest'>>(
    'SELECT day::text, version, digest FROM book_digest WHERE company_id = $1 ORDER BY book_digest.day DESC LIMIT 1',
    [companyId],
  );
  const [last] = rows;
  if (last === undefined) return;
  const { keyId, signature } = signDigest(signer, { companyId, rowCount: 0n, ...last });
  await client.query(
    `INSERT INTO book_digest_head (company_id, day, key_id, signature, signed_at) VALUES ($1, $2::date, $3, $4, $5)`,
    [companyId, last.day, keyId, signature, at],
  );
}
