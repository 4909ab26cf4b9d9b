import { TableFault } from './table-fault.ts';

/** The bytes of a file from its beginning, each time it is called. */
export type ByteSource = () => AsyncIterable<Uint8Array>;

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const KINDS: readonly { begins: readonly number[]; what: string }[] = [
  { begins: [0x50, 0x4b, 0x03, 0x04], what: 'an Excel workbook (.xlsx) or another archive' },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], what: 'an Excel workbook of the old kind (.xls)' },
  { begins: [0x25, 0x50, 0x44, 0x46], what: 'a PDF' },
  { begins: [0x1f, 0x8b], what: 'a compressed file (.gz)' },
];
const WEB_PAGE = /^\s*(?:<!doctype html|<html|<table|<\?xml)/i;
/** So many bytes show whether every other one is zero. */
const SAMPLE_BYTES = 4096;

/**
 * Finds out how a file's text is encoded: by its byte order mark, by zeros between Latin letters, else UTF-8 where all of it
 * is valid, else the Windows code page of older spreadsheets. Throws TableFault for a workbook or another kind of file.
 */
export async function detectEncoding(source: ByteSource): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  try {
    for await (const chunk of source()) {
      if (isFirst && chunk.length > 0) {
        const marked = judgeBeginning(chunk);
        if (marked !== null) return marked;
        isFirst = false;
      }
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

/** What a first chunk alone shows, or null. Throws TableFault. */
function judgeBeginning(bytes: Uint8Array): Encoding | null {
  for (const { begins, what } of KINDS)
    if (begins.every((byte, at) => bytes[at] === byte))
      throw new TableFault(1, `this is ${what}: save the sheet as CSV (UTF-8) and give that file`);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length / 4) return 'utf-16le';
  if (even > sample.length / 4) return 'utf-16be';
  if (WEB_PAGE.test(Buffer.from(sample).toString('latin1')))
    throw new TableFault(1, 'this is a web page or XML: save the sheet as CSV (UTF-8) and give that file');
  return null;
}

/** The text, piece by piece, without a byte order mark and with `\n` alone at the ends of lines. */
export async function* decodeText(source: ByteSource, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let heldReturn = false;
  for await (const chunk of source()) {
    // A carriage return at the end of a piece waits for what follows it: the two may be one end of a line.
    const text: string = (heldReturn ? '\r' : '') + decoder.decode(chunk, { stream: true });
    heldReturn = text.endsWith('\r');
    const piece = unifyLineEnds(heldReturn ? text.slice(0, -1) : text);
    if (piece !== '') yield piece;
  }
  const rest = unifyLineEnds((heldReturn ? '\r' : '') + decoder.decode());
  if (rest !== '') yield rest;
}

/** `\r\n` and a lone `\r` as `\n`. */
export function unifyLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
