/** Reading a request's body and arguments, in the encodings that Slack's SDKs use. */
import type { IncomingMessage } from 'node:http';
import { isObject, type Json } from '../blocks/index.ts';
import { SlackError } from '../slack-error.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The raw body. @throws SlackError `request_too_large` */
export async function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new SlackError('request_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface Arguments {
  args: Json;
  /** What Slack would warn about this request. */
  warnings: string[];
}

function fromJson(body: Buffer): Json {
  try {
    const value = JSON.parse(body.toString() || '{}') as unknown;
    if (isObject(value)) return value;
  } catch {
    // Told below, as for JSON that is no object.
  }
  throw new SlackError('invalid_json');
}

/** The fields of a multipart body; files become buffers. */
export async function readMultipart(body: Buffer, contentType: string): Promise<Json> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined);
  if (form === undefined) throw new SlackError('invalid_form_data');
  const fields: Json = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  }
  return fields;
}

/** Arguments from query and body; the body's win. @throws SlackError `invalid_json`, `invalid_form_data`, `invalid_post_type` */
export async function readArguments(request: IncomingMessage, query: URLSearchParams): Promise<Arguments> {
  const body = await readBody(request);
  const contentType = request.headers['content-type'] ?? '';
  const fromQuery = Object.fromEntries(query);
  const hasCharset = /charset=/i.test(contentType);
  if (body.length === 0) return { args: fromQuery, warnings: [] };
  if (contentType.startsWith('application/json')) {
    return { args: { ...fromQuery, ...fromJson(body) }, warnings: hasCharset ? [] : ['missing_charset'] };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const form = Object.fromEntries(new URLSearchParams(body.toString()));
    return { args: { ...fromQuery, ...form }, warnings: hasCharset ? ['superfluous_charset'] : [] };
  }
  if (contentType.startsWith('multipart/form-data')) {
    return { args: { ...fromQuery, ...(await readMultipart(body, contentType)) }, warnings: [] };
  }
  throw new SlackError('invalid_post_type');
}
