import type { ClockChange } from '../../calendar.ts';
import type { LegEvent } from '../ingest/merge-legs.ts';
import type { OfficeCountryOf } from '../ingest/office-country.ts';
import { readApiRecord } from '../ingest/read-api-record.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import type { ImportRow } from './file-shapes.ts';

/** What a row says, or what is wrong with it. */
export type ReadRow =
  /** `source` where the row names it: a record that this installation exported. */
  | { event: UsageEvent; source?: string; original?: ExportedFacts }
  | { legs: LegEvent[]; isWithoutText?: boolean; clockChange?: ClockChange }
  | { message: string };

/** What an exported row says of the record that it was. */
export interface ExportedFacts {
  reference: string;
  costMicros: bigint | null;
  durationMs: number;
  quantity: number;
}

const NUMBERS = new Set(['duration_seconds', 'recipients', 'pages']);
const FLAGS = new Set(['internal', 'failed', 'responded']);

/** A row of a file with the API's fields as columns; empty cells are absent. Throws nothing. */
export function readRecordRow(row: ImportRow, officeCountryOf: OfficeCountryOf): ReadRow {
  const record = Object.fromEntries(
    Object.entries(row)
      .filter(([, cell]) => cell.trim() !== '')
      .map(([name, cell]) => [name, toValue(name, cell)]),
  );
  const read = readApiRecord(record, officeCountryOf);
  return 'event' in read ? { event: read.event } : { message: read.message };
}

function toValue(name: string, cell: string): unknown {
  if (NUMBERS.has(name) && /^\d+(\.\d+)?$/.test(cell)) return Number(cell);
  if (FLAGS.has(name) && /^(true|false|yes|no)$/i.test(cell)) return /^(true|yes)$/i.test(cell);
  return cell;
}
