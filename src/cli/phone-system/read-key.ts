import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { RefillError } from '../../errors.ts';
import { option, text } from '../frame/index.ts';

/** A key is read from a file, so that it stands in no command history and in no list of processes. */
export const keyFileOption = option(
  '--key-file <file>',
  'holds a company admin’s API key; - reads it from standard input',
  text,
);

/** Reads the key that `--key-file` names. Throws RefillError `bad-argument` for a file that cannot be read. */
export async function readKey(file: string, stdin: Readable): Promise<string> {
  try {
    return (file === '-' ? await readAll(stdin) : await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new RefillError('bad-argument', `${file} could not be read: ${(error as Error).message}`);
  }
}
