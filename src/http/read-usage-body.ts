import type { IncomingHttpHeaders } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { parseBigJson } from '../big-json.ts';
import { RefillError } from '../errors.ts';
import type { RouteRequest } from './server.ts';
import { splitLines } from './split-lines.ts';

const MAX_RECORDS_PER_REQUEST = 10_000;
/** A JSON text is parsed in one go, on the thread that serves all other requests. */
const MAX_JSON_BYTES = 1024 * 1024;
const MAX_SENT_BYTES = 16 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
const LARGE_BYTES = 256 * 1024;
/** After so long at a stretch, other requests have their turn. */
const TURN_MS = 10;

const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * The records of a request, one after another: those of a JSON array or object of at most 1 MB, or one JSON object a
 * line (NDJSON), which is read as a stream; plain or compressed. Everything is counted while it comes in, so that a
 * body is refused before it costs anything. A line that is not JSON is one bad record; a body that is not is refused.
 * Throws RefillError `bad-body`, `body-too-large`, `bad-encoding` or `too-many-records`, in the sender's words.
 *
 * @param onLarge runs once when the body turns out to have more than 256 KB; may throw to stop the reading
 */
export async function* readUsageBody(
  request: Pick<RouteRequest, 'headers' | 'chunks'>,
  onLarge: () => void,
): AsyncGenerator<unknown> {
  let turnEndsAt = performance.now() + TURN_MS;
  let records = 0;
  for await (const value of readValues(request, onLarge)) {
    records += 1;
    if (records > MAX_RECORDS_PER_REQUEST) {
      throw new RefillError(
        'too-many-records',
        `A request takes ${MAX_RECORDS_PER_REQUEST} records at most; this one has more. Nothing of it was taken.`,
      );
    }
    yield value;
    if (performance.now() > turnEndsAt) {
      await nextTurn();
      turnEndsAt = performance.now() + TURN_MS;
    }
  }
}

async function* readValues(
  { headers, chunks }: Pick<RouteRequest, 'headers' | 'chunks'>,
  onLarge: () => void,
): AsyncGenerator<unknown> {
  const source = countBytes(unpack(chunks(MAX_SENT_BYTES), headers), onLarge);
  const isLines = /ndjson|jsonl/i.test(headers['content-type'] ?? '');
  try {
    const start = isLines ? null : await readStart(source);
    if (start === null) yield* readLines(source);
    else if (!start.isWhole) yield* readLines(concat(start.bytes, source));
    else yield* readJson(start.bytes.toString('utf8'));
  } finally {
    // Whatever stopped the reading, the request is let go of: its connection is to go on.
    await source.return(undefined);
  }
}

/**
 * The whole body where it is short enough to be one JSON text; `isWhole` is false where it has to be read line by line.
 * An array that is too long is refused: there is no other way to read it.
 */
async function readStart(source: AsyncGenerator<Buffer>): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  let first: string | undefined;
  for (;;) {
    const { value: chunk, done } = await source.next();
    if (done === true) {
      if (first === undefined)
        throw new RefillError('bad-body', 'The body is empty: send an array of records.');
      return { bytes: Buffer.concat(parts), isWhole: first === '[' || first === '{' };
    }
    parts.push(chunk);
    size += chunk.length;
    first ??= /[^\s\ufeff]/.exec(chunk.toString('utf8'))?.[0];
    if (first !== undefined && first !== '[' && first !== '{')
      return { bytes: Buffer.concat(parts), isWhole: false };
    if (size > MAX_JSON_BYTES) {
      if (first === '{') return { bytes: Buffer.concat(parts), isWhole: false };
      throw new RefillError(
        'body-too-large',
        `A JSON array may have ${MAX_JSON_BYTES} bytes at most. Send more as NDJSON: one object a line, Content-Type application/x-ndjson.`,
      );
    }
  }
}

function* readJson(text: string): Generator<unknown> {
  let value: unknown;
  try {
    value = parseBigJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    // Several objects, a line each, without their own content type.
    if (!/^[\s\ufeff]*\{/.test(text))
      throw new RefillError('bad-body', `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
    for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/))
      if (line.trim() !== '') yield parseLine(line);
    return;
  }
  if (Array.isArray(value)) yield* value as unknown[];
  else yield value;
}

async function* readLines(source: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  let isEmpty = true;
  for await (const line of splitLines(source, MAX_RECORDS_PER_REQUEST)) {
    isEmpty = false;
    yield parseLine(line);
  }
  if (isEmpty) throw new RefillError('bad-body', 'The body is empty: send an array of records.');
}

/** What stands in for a line that is not JSON: no record has this shape, so it is answered as a bad one. */
function parseLine(line: string): unknown {
  // An error for each costs far more than a look at how it begins.
  if (!/^\s*\{/.test(line)) return line.slice(0, 200);
  try {
    return parseBigJson(line);
  } catch {
    return line.slice(0, 200);
  }
}

/** The bytes as the sender had them before packing, in small pieces; the first that are too many end it. */
async function* unpack(sent: AsyncIterable<Buffer>, headers: IncomingHttpHeaders): AsyncGenerator<Buffer> {
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase().trim();
  if (encoding === 'identity' || encoding === '') return yield* sent;
  const create = DECODERS.get(encoding);
  if (create === undefined) {
    throw new RefillError(
      'bad-encoding',
      `Content-Encoding is gzip, deflate or br, not "${encoding.slice(0, 40)}".`,
    );
  }
  const packed = Readable.from(sent, { objectMode: false });
  const decoder = create();
  packed.on('error', (error) => decoder.destroy(error));
  packed.pipe(decoder);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof RefillError) throw error;
    throw new RefillError(
      'bad-body',
      `The body is not what Content-Encoding says: it does not unpack as ${encoding}.`,
    );
  } finally {
    packed.unpipe(decoder);
    packed.destroy();
    decoder.destroy();
  }
}

async function* countBytes(source: AsyncIterable<Buffer>, onLarge: () => void): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source) {
    if (size <= LARGE_BYTES && size + chunk.length > LARGE_BYTES) onLarge();
    size += chunk.length;
    if (size > MAX_UNPACKED_BYTES)
      throw new RefillError('body-too-large', 'The body is too large once it is unpacked.');
    yield chunk;
  }
}

async function* concat(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
