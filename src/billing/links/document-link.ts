/**
 * Links that open a receipt or an invoice in a browser, for a quarter of an hour. A link names a row of ours by an opaque
 * token, and nothing of the company; it is signed, so that no other token or time is honoured. Whose it is, is in the row: what
 * they may see is read again when it is opened.
 */

import { z } from 'zod';
import { inTransaction } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { actorOf, findPerson, type Person, readActor } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { createDraft, findDraftOf } from '../drafts/drafts.ts';

const LINK_LIFE_MS = 15 * MINUTE_MS;
const REFERENCE = /^([\w-]{16,64})\.([0-9a-z]{1,9})\.([\w-]{1,64})\.([\w-]{43})$/;

const document = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('receipt'), number: z.string().max(40) }),
  z.object({ kind: z.literal('invoice'), token: z.string().max(64) }),
]);
type LinkedDocument = z.infer<typeof document>;

/**
 * The address under which this person can open a document that they were just shown; null without a public address.
 * Applies R9.28.
 */
export async function createDocumentLink(
  deps: BillingDeps,
  person: Person,
  shown: LinkedDocument,
): Promise<string | null> {
  const { db, clock, publicUrl, secrets } = deps;
  if (publicUrl === null) return null;
  const at = clock.now();
  const owner = { kind: 'document' as const, companyId: person.company.id, actor: actorOf(person) };
  const token = await inTransaction(db, async (tx) => await createDraft(tx, owner, shown, at));
  const until = Math.floor((at.getTime() + LINK_LIFE_MS) / 1_000).toString(36);
  const { keyId, signature } = secrets.sign(signedText(token, until));
  const reference = [token, until, keyId, Buffer.from(signature).toString('base64url')].join('.');
  return `${publicUrl}/billing/document/${reference}`;
}

/** What a link opens, and for whom as they are now; null where it is altered, expired, or another company's by now. */
export async function findLinkedDocument(
  { db, clock, secrets }: BillingDeps,
  reference: string,
): Promise<{ person: Person; shown: LinkedDocument } | null> {
  const [, token = '', until = '', keyId = '', signature = ''] = REFERENCE.exec(reference) ?? [];
  const given = { keyId, signature: Buffer.from(signature, 'base64url') };
  const isOurs = ['current', 'old'].includes(secrets.checkSignature(signedText(token, until), given));
  const at = clock.now();
  if (!isOurs || at.getTime() >= Number.parseInt(until, 36) * 1_000) return null;
  const row = await findDraftOf(db, 'document', token, at);
  const person = row === null ? null : await findPerson(db, readActor(row.actor));
  if (row === null || person === null || person.company.id !== row.companyId) return null;
  return { person, shown: document.parse(row.data) };
}

function signedText(token: string, until: string): string {
  return `document-link\n${token}\n${until}`;
}
