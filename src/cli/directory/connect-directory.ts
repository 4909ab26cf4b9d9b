import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { RefillError } from '../../errors.ts';
import { connectPhoneSystem, PHONE_SYSTEM_URL } from '../../org/index.ts';
import { companyOption, defineCommand, option, text, withDefault } from '../frame/index.ts';

export const connectDirectoryCommand = defineCommand({
  name: 'directory connect',
  summary: 'read a company’s directory from its phone system from now on; the key is kept sealed',
  params: {
    company: companyOption(),
    keyFile: option(
      '--key-file <file>',
      'holds a company admin’s API key; - reads it from standard input',
      text,
    ),
    url: withDefault('--url <address>', 'where its API is', text, PHONE_SYSTEM_URL),
  },
  async run({ db, clock, secrets, stdin }, { company, keyFile, url }) {
    const key = (await readKey(keyFile, stdin)).trim();
    await connectPhoneSystem({ db, clock, secrets }, { companyId: company.id, url, key });
    return {
      lines: [`Connected. See what it would change: refill directory sync --company ${company.id} --dry-run`],
      value: { url },
    };
  },
});

async function readKey(file: string, stdin: Readable): Promise<string> {
  try {
    return file === '-' ? await readAll(stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new RefillError('bad-argument', `${file} could not be read: ${(error as Error).message}`);
  }
}
