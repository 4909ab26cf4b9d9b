import { z } from 'zod';
import { RefillError } from '../../errors.ts';
import type { ApiCall } from './endpoint.ts';

/**
 * Where a page of a list ended, as a text that only the list which gave it takes back. It names the last item, so that what comes
 * in meanwhile moves no page; and it is signed together with the company, the address and the filters, so that one of
 * another list, or one that was made up, is refused rather than read as some other place.
 */

const CURSOR = /^([\w-]+)\.([\w-]{1,64})\.([\w-]{43})$/;
const places = z.array(z.string());
const MAX_LENGTH = 1_000;

type Call = Pick<ApiCall, 'deps' | 'key' | 'request'>;

/** The cursor after an item with this place in its list; null where the list ends. */
export function writeCursor(call: Call, place: readonly string[] | null): string | null {
  if (place === null) return null;
  const body = Buffer.from(JSON.stringify(place)).toString('base64url');
  const { keyId, signature } = call.deps.secrets.sign(signedText(call, body));
  return `${body}.${keyId}.${Buffer.from(signature).toString('base64url')}`;
}

/** The place that a cursor of this very list names; null without one. Throws RefillError `bad-cursor`. */
export function readCursor(call: Call, cursor: string | undefined): string[] | null {
  if (cursor === undefined) return null;
  const [, body = '', keyId = '', signature = ''] =
    cursor.length > MAX_LENGTH ? [] : (CURSOR.exec(cursor) ?? []);
  const given = { keyId, signature: Buffer.from(signature, 'base64url') };
  const state = call.deps.secrets.checkSignature(signedText(call, body), given);
  if (state !== 'current' && state !== 'old')
    throw new RefillError(
      'bad-cursor',
      'This cursor is not of this list: send next_cursor as it came, with the same filters, or begin without one.',
    );
  return places.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
}

function signedText({ key, request }: Call, body: string): string {
  const [path = '', search = ''] = request.url.split(/\?(.*)/s, 2);
  const filters = new URLSearchParams(search);
  for (const name of ['cursor', 'limit']) filters.delete(name);
  filters.sort();
  return `api-cursor\n${key.companyId}\n${path}\n${filters}\n${body}`;
}
