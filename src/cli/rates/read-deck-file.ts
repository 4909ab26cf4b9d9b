import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { RefillError } from '../../errors.ts';
import { type ParsedDeck, parseDeck } from '../../rating/index.ts';

/** More faults than this are counted, not listed. */
const FAULTS_LISTED = 50;

/**
 * Reads a deck file in any encoding that a spreadsheet writes.
 * Throws RefillError `bad-argument` where there is no such file, `bad-deck` naming each bad row with its line.
 */
export async function readDeckFile(file: string): Promise<ParsedDeck> {
  const parsed = parseDeck(decode(await readBytes(file)));
  const { faults } = parsed;
  if (faults.length === 0) return parsed;
  const listed = faults.slice(0, FAULTS_LISTED).map(({ line, message }) => `  line ${line}: ${message}`);
  const more = faults.length - listed.length;
  throw new RefillError(
    'bad-deck',
    [
      `${path.basename(file)} cannot be used:`,
      ...listed,
      ...(more > 0 ? [`  and ${more} more faults`] : []),
    ].join('\n'),
  );
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new RefillError('bad-argument', `${file} cannot be read: ${(error as Error).message}`);
  }
}

/** UTF-16 by its mark, else UTF-8, else the Windows code page of older spreadsheets. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
