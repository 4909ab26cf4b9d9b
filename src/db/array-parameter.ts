/**
 * Arrays as parameters, in PostgreSQL's binary form. The driver writes an array as text, mark by mark, and takes longer
 * over a thousand elements than the server over what it does with them. A statement that is given one of these has to cast
 * it to its type: `${textArray(names)}::text[]`.
 */
const HEADER_BYTES = 20;
const [INT4, INT8, TEXT, TIMESTAMPTZ] = [23, 20, 25, 1184];
/** PostgreSQL counts microseconds from the one, and knows no time before the other. */
const [EPOCH_MS, FIRST_MS] = [Date.UTC(2000, 0, 1), Date.UTC(-4712, 0, 1)];

/** For `::int[]`. Throws a RangeError for what is no whole number of four bytes. */
export function intArray(items: readonly (number | null)[]): Buffer {
  return numberArray(INT4, 4, items, (view, at, item) => {
    if ((item | 0) !== item) throw new RangeError(`${item} is no integer of four bytes`);
    view.setInt32(at, item);
  });
}

/** For `::bigint[]`. Throws a RangeError for what does not fit into eight bytes. */
export function bigintArray(items: readonly (bigint | null)[]): Buffer {
  return numberArray(INT8, 8, items, (view, at, item) => {
    if (BigInt.asIntN(64, item) !== item) throw new RangeError(`${item} does not fit into eight bytes`);
    view.setBigInt64(at, item);
  });
}

/** For `::timestamptz[]`. Throws a RangeError for an invalid date, and for one before PostgreSQL's first. */
export function timeArray(items: readonly (Date | null)[]): Buffer {
  return numberArray(TIMESTAMPTZ, 8, items, (view, at, item) => {
    const ms = item.getTime();
    if (!(ms >= FIRST_MS)) throw new RangeError('there is no such time in the database');
    view.setBigInt64(at, BigInt(ms - EPOCH_MS) * 1000n);
  });
}

/** For `::text[]`. Throws a RangeError for a text with a zero byte, which PostgreSQL's cannot have. */
export function textArray(items: readonly (string | null)[]): Buffer {
  let size = HEADER_BYTES;
  for (const item of items) size += 4 + (item === null ? 0 : item.length * 3);
  const { bytes, view } = start(size, TEXT, items.length);
  let at = HEADER_BYTES;
  for (const item of items) {
    const length = item === null ? -1 : write(bytes, item, at + 4);
    view.setInt32(at, length);
    at += 4 + Math.max(length, 0);
  }
  return bytes.subarray(0, at);
}

/** Writes a text and answers its length in bytes. Most are short and plain, where calling the engine takes longest. */
function write(bytes: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127 || code === 0) return writeAny(bytes, text, at);
    bytes[at + i] = code;
  }
  return text.length;
}

function writeAny(bytes: Buffer, text: string, at: number): number {
  if (text.includes('\0')) throw new RangeError('a text of the database has no zero byte');
  return bytes.write(text, at);
}

function numberArray<T>(
  type: number,
  width: number,
  items: readonly (T | null)[],
  put: (view: DataView, at: number, item: T) => void,
): Buffer {
  const { bytes, view } = start(HEADER_BYTES + items.length * (4 + width), type, items.length);
  let at = HEADER_BYTES;
  for (const item of items) {
    view.setInt32(at, item === null ? -1 : width);
    at += 4;
    if (item === null) continue;
    put(view, at, item);
    at += width;
  }
  return bytes.subarray(0, at);
}

/** Room that begins with what precedes the elements: one dimension, maybe nulls, the type, how many, the first index. */
function start(size: number, type: number, length: number): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.allocUnsafe(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  [1, 1, type, length, 1].forEach((word, i) => {
    view.setInt32(i * 4, word);
  });
  return { bytes, view };
}
