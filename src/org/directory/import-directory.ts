import { type Db, inTransaction } from '../../db/index.ts';
import { recordAudit } from '../audit.ts';
import { draftDirectory } from './draft-directory.ts';
import { readDirectoryRows } from './read-directory.ts';
import { type DirectoryFile, type FileFault, readDirectoryFile } from './read-directory-file.ts';
import { DIRECTORY_STORE_TIMEOUT_MS, type StoreProgress, storeDraft } from './store-draft.ts';
import { storeLines } from './store-lines.ts';

/** The files' texts; those left out leave what they would describe as it is. */
export type DirectoryFiles = Partial<Record<DirectoryFile, string>> & {
  /** Columns that are left aside, as the files name them. */
  ignored?: readonly string[];
};

export interface DirectoryImport {
  /** Any of these: nothing was imported. */
  faults: FileFault[];
  counts: Record<DirectoryFile, number>;
}

const MAX_FAULTS = 100;
const FILES = ['offices', 'members', 'numbers'];

/**
 * Imports offices, members (with their departments) and numbers from files: what is there already, by the phone
 * system's id, else by name, e-mail or number, is brought up to date; nothing is removed. All of it or, with any
 * fault, nothing.
 */
export async function importDirectory(
  db: Db,
  companyId: bigint,
  files: DirectoryFiles,
  at: Date,
  onProgress?: StoreProgress,
): Promise<DirectoryImport> {
  const offices = read('offices', files);
  const members = read('members', files);
  const numbers = read('numbers', files);
  const lines = {
    offices: offices.lines,
    departments: [],
    members: members.lines,
    numbers: numbers.lines,
    isFromPhoneSystem: false,
  };
  const counts = {
    offices: offices.lines.length,
    members: members.lines.length,
    numbers: numbers.lines.length,
  };
  const unreadable = [...offices.faults, ...members.faults, ...numbers.faults];
  const faults = await inTransaction(
    db,
    async (tx) => {
      const draft = draftDirectory(await readDirectoryRows(tx, companyId));
      const found = [...unreadable, ...storeLines(draft, lines)];
      if (found.length > 0) return found;
      await storeDraft(tx, companyId, draft, {
        goneNumbers: new Set(),
        at,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      await recordAudit(tx, {
        companyId,
        at,
        actor: 'operator',
        surface: 'operator',
        action: 'directory-imported',
        details: counts,
      });
      return [];
    },
    { timeoutMs: DIRECTORY_STORE_TIMEOUT_MS },
  );
  faults.sort((a, b) => FILES.indexOf(a.file) - FILES.indexOf(b.file) || a.line - b.line);
  return { faults: faults.slice(0, MAX_FAULTS), counts };
}

function read<F extends DirectoryFile>(file: F, files: DirectoryFiles) {
  const text = files[file];
  return text === undefined ? { lines: [], faults: [] } : readDirectoryFile(file, text, files.ignored);
}
