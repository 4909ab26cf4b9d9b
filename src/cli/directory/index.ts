import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type DirectoryFiles, importDirectory, type SecretBox } from '../../org/index.ts';
import { addPhoneSystemCommands } from './phone-system.ts';

interface ImportWords {
  company: string;
  offices?: string;
  members?: string;
  numbers?: string;
}

/** `refill directory`: who a company's numbers and lines belong to, from CSV files or the phone system itself. */
export function addDirectoryCommands(
  program: Command,
  parts: {
    withDb(work: (db: Db) => Promise<void>): Promise<void>;
    readId(text: string): bigint;
    say(line: string): void;
    secrets(): SecretBox;
  },
): void {
  const directory = program.command('directory').description('whose the numbers and lines of a company are');
  addPhoneSystemCommands(directory, parts);
  directory
    .command('import')
    .description(
      'take offices, members and numbers from CSV files; all of it, or nothing when a row is wrong',
    )
    .requiredOption('--company <number>', 'the company’s number')
    .option('--offices <file>', 'columns: name, id, country, local prefixes')
    .option('--members <file>', 'columns: name, id, email, office, department, licence, kind')
    .option('--numbers <file>', 'columns: number, type, office, department, member')
    .action((words: ImportWords) =>
      parts.withDb(async (db) => {
        const files = await readFiles(words);
        const { faults, counts } = await importDirectory(
          db,
          parts.readId(words.company),
          files,
          systemClock.now(),
        );
        if (faults.length > 0) {
          const list = faults.map(({ file, line, words: what }) => `  ${file}, line ${line}: ${what}`);
          throw new RefillError('bad-directory', `Nothing was imported:\n${list.join('\n')}`);
        }
        const { offices, members, numbers } = counts;
        parts.say(`Imported: offices ${offices}, members ${members}, numbers ${numbers}.`);
      }),
    );
}

async function readFiles({ offices, members, numbers }: ImportWords): Promise<DirectoryFiles> {
  if (offices === undefined && members === undefined && numbers === undefined)
    throw new RefillError('bad-argument', 'Name at least one file: --offices, --members or --numbers.');
  return {
    ...(offices === undefined ? {} : { offices: await read(offices) }),
    ...(members === undefined ? {} : { members: await read(members) }),
    ...(numbers === undefined ? {} : { numbers: await read(numbers) }),
  };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RefillError('bad-argument', `${file} could not be read: ${(error as Error).message}`);
  }
}
