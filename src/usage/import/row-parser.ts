import type { Db } from '../../db/index.ts';
import { readDirectory } from '../../org/index.ts';
import type { TableRow } from '../../tables/index.ts';
import { type OfficeCountryOf, officeCountries } from '../ingest/office-country.ts';
import { callOfRow, type ImportRow } from './file-shapes.ts';
import type { RowContext } from './ingest-rows.ts';
import { type ExportNames, readExportNames, readExportRow } from './read-export-rows.ts';
import { type ReadRow, readRecordRow } from './read-rows.ts';
import { readCallRow, readTextRow } from './read-vendor-rows.ts';
import { hashText } from './row-keys.ts';
import { judgeRow, type SurveyedFile } from './survey-file.ts';

/** A row with what it says, or what is wrong with it. */
export type JudgedRow =
  | { row: ImportRow; read: Exclude<ReadRow, { message: string }>; hasOtherLegs: boolean }
  | { message: string };

/** Parses the rows of a surveyed file by its shape, with the company's directory as it is when `refresh` was called last. */
export interface RowParser {
  /** Before each batch: offices may have been added meanwhile. */
  refresh(): Promise<void>;
  parse(table: TableRow): JudgedRow;
}

export async function createRowParser(
  db: Db,
  { companyId, numberKey }: RowContext,
  survey: SurveyedFile,
): Promise<RowParser> {
  const { name } = survey.shape;
  const names = name === 'export' ? await readExportNames(db, companyId) : NO_NAMES;
  let officeCountryOf: OfficeCountryOf = () => '';
  const readRow = (row: ImportRow): ReadRow => {
    switch (name) {
      case 'records':
        return readRecordRow(row, officeCountryOf);
      case 'calls':
        return readCallRow(row, numberKey, officeCountryOf);
      case 'texts':
        return readTextRow(row, numberKey, officeCountryOf);
      case 'export':
        return readExportRow(row, names);
    }
  };
  return {
    async refresh() {
      officeCountryOf = officeCountries(await readDirectory(db, companyId));
    },
    parse(table) {
      const judged = judgeRow(survey, table);
      if ('message' in judged) return judged;
      const read = readRow(judged.row);
      if ('message' in read) return read;
      const call = callOfRow(survey.shape, judged.row);
      return { row: judged.row, read, hasOtherLegs: call !== null && survey.severalLegs.has(hashText(call)) };
    },
  };
}

const NO_NAMES: ExportNames = { members: new Map(), departments: new Map(), offices: new Map() };
