import { RefillError } from '../../errors.ts';
import { describeFileError } from '../../file-errors.ts';
import { type DirectoryFiles, importDirectory } from '../../org/index.ts';
import { readTextFile, TableFault } from '../../tables/index.ts';
import { defineCommand, openCompanyOption, optional, repeated, text } from '../frame/index.ts';

interface FileNames {
  offices: string | undefined;
  members: string | undefined;
  numbers: string | undefined;
}

export const importDirectoryCommand = defineCommand({
  name: 'directory import',
  summary: 'take offices, members and numbers from CSV files; all of it, or nothing when a row is wrong',
  params: {
    company: openCompanyOption(),
    offices: optional('--offices <file>', 'columns: name, id, country, local prefixes', text),
    members: optional(
      '--members <file>',
      'columns: name, id, email, office, department, licence, kind',
      text,
    ),
    numbers: optional('--numbers <file>', 'columns: number, type, office, department, member', text),
    ignore: repeated('--ignore <column>', 'a column that is left aside', text, { isRequired: false }),
  },
  async run({ db, clock, progress: begin }, { company, ignore, ...names }) {
    const files = { ...(await readFiles(names)), ignored: ignore };
    const progress = begin('rows');
    const { faults, counts } = await importDirectory(db, company.id, files, clock.now(), progress.show);
    progress.end();
    if (faults.length > 0) {
      const list = faults.map(({ file, line, message }) => `  ${file}, line ${line}: ${message}`);
      throw new RefillError('bad-directory', `Nothing was imported:\n${list.join('\n')}`);
    }
    const { offices, members, numbers } = counts;
    return {
      lines: [`Imported: offices ${offices}, members ${members}, numbers ${numbers}.`],
      value: { imported: counts },
    };
  },
});

async function readFiles({ offices, members, numbers }: FileNames): Promise<DirectoryFiles> {
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
    return await readTextFile(file);
  } catch (error) {
    if (error instanceof TableFault) throw new RefillError('bad-argument', `${file}: ${error.message}`);
    const reason = describeFileError(error) ?? (error as Error).message;
    throw new RefillError('bad-argument', `${file} cannot be read: ${reason}.`);
  }
}
