/** A company's file is a file of tables (`src/db`): its first line says whose it is, its last has the digest of what was posted. */
import { z } from 'zod';
import { instanceMode, type TableFileKind } from '../db/index.ts';

export const COMPANY_FILE: TableFileKind = {
  code: 'bad-company-file',
  versionCode: 'company-file-version',
  noun: 'company’s file',
  verb: 'Import',
  done: 'imported',
};

/** Changes when a reader of the one before would not understand the file. */
export const FORMAT = 1;

export const companyHeader = z.object({
  refillCompany: z.number().int(),
  /** The moment that it shows. */
  at: z.iso.datetime(),
  company: z.object({ id: z.string().regex(/^[1-9][0-9]*$/), name: z.string() }),
  /** What the installation is for: books of a try-out never meet a live processor. */
  mode: instanceMode,
  /** The schema that it is of, migration by migration: it goes into no other. */
  migrations: z.array(z.string()),
  tables: z.number().int(),
  rowsAbout: z.number().int(),
});
export type CompanyHeader = z.output<typeof companyHeader>;

export const companyEnd = z.object({
  end: z.literal(true),
  rows: z.number().int(),
  /** SHA-256 over everything that was posted, and of how many rows. */
  digest: z.object({ sha256: z.string(), rows: z.string() }),
  sha256: z.string(),
});

/** So many rows of about so many. */
export type TransferProgress = (rows: number, rowsAbout: number) => void;
