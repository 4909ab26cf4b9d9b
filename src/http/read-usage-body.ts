import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { RefillError } from '../errors.ts';
import type { RouteRequest } from './server.ts';

export const MOST_RECORDS = 10_000;
const SENT_LIMIT_BYTES = 16 * 1024 * 1024;
const INFLATED_LIMIT_BYTES = 64 * 1024 * 1024;

const INFLATE: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * The records of a request: a JSON array, or one JSON object a line (NDJSON), plain or compressed. A line that is not
 * JSON is one bad record; a body that is not is refused. Throws RefillError `bad-body`, `body-too-large`,
 * `bad-encoding` or `too-many-records`, in the sender's words.
 */
export async function readUsageBody(request: RouteRequest): Promise<unknown[]> {
  const body = await inflateBody(await request.body(SENT_LIMIT_BYTES), request.headers);
  const text = body.toString('utf8');
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  const records = /ndjson|jsonl/.test(type) || !/^\s*[[{]/.test(text) ? readLines(text) : readJson(text);
  if (records.length > MOST_RECORDS) {
    throw new RefillError(
      'too-many-records',
      `A request takes ${MOST_RECORDS} records at most; this one has ${records.length}. Nothing of it was taken.`,
    );
  }
  return records;
}

async function inflateBody(body: Buffer, headers: IncomingHttpHeaders): Promise<Buffer> {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase().trim();
  if (encoding === 'identity' || encoding === '') return body;
  const expand = INFLATE[encoding];
  if (expand === undefined) {
    throw new RefillError(
      'bad-encoding',
      `Content-Encoding is gzip, deflate or br, not "${encoding.slice(0, 40)}".`,
    );
  }
  try {
    return await expand(body, { maxOutputLength: INFLATED_LIMIT_BYTES });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RefillError('body-too-large', 'The body is too large once it is unpacked.');
    }
    throw new RefillError(
      'bad-body',
      `The body is not what Content-Encoding says: it does not unpack as ${encoding}.`,
    );
  }
}

function readJson(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Several objects, a line each, without their own content type.
    if (/^\s*\{/.test(text)) return readLines(text);
    throw new RefillError('bad-body', `The body is not JSON: ${(error as Error).message}.`);
  }
  return Array.isArray(value) ? value : [value];
}

/** What stands in for a line that is not JSON: no record has this shape, so it is answered as a bad one. */
function readLines(text: string): unknown[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new RefillError('bad-body', 'The body is empty: send an array of records.');
  return lines.map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return line;
    }
  });
}
