import { RefillError } from '../errors.ts';

const MAX_LINE_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/**
 * The lines of a stream that are not blank, decoded one by one as they end. Throws RefillError `body-too-large` for a
 * line of more than 64 KB, and for more blank lines than a body of so many lines can need.
 */
export async function* splitLines(source: AsyncIterable<Buffer>, maxBlank: number): AsyncGenerator<string> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let number = 0;
  let blank = 0;
  const close = (tail: Buffer): string => {
    const line = (openBytes === 0 ? tail : Buffer.concat([...open, tail])).toString('utf8');
    open = [];
    openBytes = 0;
    number += 1;
    // A byte order mark is white space too.
    return line.trim();
  };
  const check = (bytes: number): void => {
    if (bytes > MAX_LINE_BYTES)
      throw new RefillError(
        'body-too-large',
        `Line ${number + 1} has more than ${MAX_LINE_BYTES} bytes. Nothing of the request was taken.`,
      );
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      check(openBytes + end - from);
      const line = close(chunk.subarray(from, end));
      from = end + 1;
      if (line !== '') yield line;
      else if (++blank > maxBlank)
        throw new RefillError('body-too-large', `The body has more than ${maxBlank} blank lines.`);
    }
    if (from < chunk.length) {
      open.push(chunk.subarray(from));
      openBytes += chunk.length - from;
      check(openBytes);
    }
  }
  if (openBytes > 0) {
    const line = close(Buffer.alloc(0));
    if (line !== '') yield line;
  }
}
