import { exactText, plainText } from '../../csv.ts';
import { type CellKind, findColumns, foldName, type KnownColumns } from '../../tables/index.ts';
import { realCallId } from '../ingest/real-call-id.ts';

/** What a file of usage may be: our own fields, the vendor's exports of calls or texts, or an export of our own. */
export type ShapeName = 'records' | 'calls' | 'texts' | 'export';

/** A row by the names of its shape's columns; those that the file lacks are absent. */
export type ImportRow = Readonly<Record<string, string>>;

export interface FileShape {
  name: ShapeName;
  /** For people. */
  title: string;
  width: number;
  /** The header as it is written. */
  header: readonly string[];
  /** The columns that are read, and what they hold. */
  columns: readonly { name: string; place: number; kind: CellKind }[];
  /** A file that we wrote of rows that were refused: a spreadsheet changes no cell of it. */
  isRejects: boolean;
}

interface ShapeRules {
  title: string;
  /** Read, with what each holds. */
  read: Readonly<Record<string, CellKind>>;
  /** Other names of these. */
  names?: KnownColumns<string>;
  /** Known to say nothing of what a record costs or whose it is. */
  passed: readonly string[];
  needed: readonly string[];
}

/**
 * A file of rows that were rejected has these before its own columns, and is taken once it is mended.
 */
export const REJECTED_COLUMNS = ['rejected_line', 'rejected_because'] as const;

const SHAPES: Record<ShapeName, ShapeRules> = {
  records: {
    title: 'records of usage',
    read: {
      id: 'id',
      kind: 'name',
      direction: 'name',
      external_number: 'number',
      internal_number: 'number',
      started_at: 'time',
      answered_at: 'time',
      at: 'time',
      duration_seconds: 'duration',
      office: 'id',
      department: 'id',
      member: 'id',
      email: 'name',
      internal: 'flag',
      failed: 'flag',
      text: 'text',
      recipients: 'count',
      pages: 'count',
      responded: 'flag',
    },
    passed: [],
    needed: ['id', 'kind'],
  },
  // The 54 columns of the stats API's export_type=records, stat_type=calls, as of September 2026, and older names.
  calls: {
    title: "the vendor's export of calls",
    read: {
      call_id: 'id',
      entry_point_call_id: 'id',
      master_call_id: 'id',
      direction: 'name',
      external_number: 'number',
      internal_number: 'number',
      date_started: 'time',
      date_connected: 'time',
      date_ended: 'time',
      talk_duration: 'duration',
      hold_duration: 'duration',
      timezone: 'name',
      target_id: 'id',
      target_type: 'name',
      target_kind: 'name',
      email: 'name',
      office_id: 'id',
      is_internal: 'flag',
    },
    names: { talk_duration: ['duration', 'talk_time'], email: ['target_email'] },
    passed:
      `category date_first_rang date_queued date_rang name was_recorded entry_point_target_id entry_point_target_kind
      proxy_target_id voicemail transferred_to transferred_to_contact_id transferred_from_target_id company_id device
      salesforce_activity_id availability time_in_system callback_type callback_id time_to_answer date_callback_connected
      date_callback_ended date_anonymized categories ringing_duration ringing_occurrences hold_occurrences queued_duration
      queued_occurrences wrapup_duration participant_type percent_ai_talk_time percent_ai_listen_time percent_ai_silent_time
      campaign_id`.split(/\s+/),
    needed: ['call_id', 'direction', 'external_number', 'date_connected', 'talk_duration', 'timezone'],
  },
  // The same with stat_type=texts.
  texts: {
    title: "the vendor's export of texts",
    read: {
      message_id: 'id',
      date: 'time',
      direction: 'name',
      from_phone: 'number',
      to_phone: 'number',
      encrypted_text: 'text',
      encrypted_aes_text: 'text',
      mms: 'name',
      timezone: 'name',
      target_id: 'id',
      target_type: 'name',
      email: 'name',
    },
    passed: ['name', 'sender_id'],
    needed: ['message_id', 'date', 'direction', 'from_phone', 'to_phone', 'timezone'],
  },
  export: {
    title: 'an export of Refill',
    read: {
      time: 'time',
      type: 'name',
      direction: 'name',
      member: 'name',
      department: 'name',
      office: 'name',
      company_number: 'number',
      other_number: 'number',
      'duration (seconds)': 'duration',
      quantity: 'count',
      'cost (usd)': 'price',
      source: 'name',
      reference: 'id',
    },
    passed: ['billed (seconds)', 'price'],
    needed: [
      'time',
      'type',
      'direction',
      'other_number',
      'duration (seconds)',
      'quantity',
      'source',
      'reference',
    ],
  },
};

/** A zone stands in the name of the export's first column. */
const ZONED_TIME = /^time \(.+\)$/i;

/**
 * Recognises a file by its header. A header that is none of ours is a fault, named once: what is wanted, missing and not
 * known. Applies R23.8.
 */
export function readShape(
  header: readonly string[],
  ignored: readonly string[] = [],
): { shape: FileShape } | { fault: string } {
  const names = header.map((name) => (ZONED_TIME.test(name.trim()) ? 'time' : name));
  const name = recognise(new Set(names.map(foldName)));
  const rules = SHAPES[name];
  const known = Object.fromEntries([
    ...Object.keys(rules.read).map((column) => [column, rules.names?.[column] ?? []] as const),
    ...[...rules.passed, ...REJECTED_COLUMNS].map((column) => [column, []] as const),
  ]);
  const found = findColumns(names, { known, needed: rules.needed, ignored });
  if ('fault' in found) {
    const others = `, nor ${Object.values(SHAPES)
      .filter(({ title }) => title !== rules.title)
      .map(({ title }) => title)
      .join(' or ')}`;
    return { fault: `this is not ${rules.title}${name === 'records' ? others : ''}: ${found.fault}` };
  }
  const columns = Object.entries(rules.read).flatMap(([column, kind]) => {
    const place = found.places.get(column);
    return place === undefined ? [] : [{ name: column, place, kind }];
  });
  const isRejects = found.places.has(REJECTED_COLUMNS[0]);
  return {
    shape: {
      name,
      title: rules.title,
      width: header.length,
      // What is refused of such a file has its own line and reason.
      header: isRejects ? header.slice(REJECTED_COLUMNS.length) : header,
      columns,
      isRejects,
    },
  };
}

function recognise(names: ReadonlySet<string>): ShapeName {
  if (names.has('reference') && names.has('billedseconds')) return 'export';
  if (names.has('messageid') && (names.has('fromphone') || names.has('tophone'))) return 'texts';
  return names.has('callid') && !names.has('kind') ? 'calls' : 'records';
}

/** A cell that spreadsheets read as text: `="6012"`. */
const PROTECTED = /^="(.*)"$/;

/** The row of a file's cells; texts are kept to the blank, everything else is trimmed. */
export function toRow(shape: FileShape, cells: readonly string[]): ImportRow {
  const row: Record<string, string> = {};
  for (const { name, place, kind } of shape.columns) {
    const cell = readRejected(shape, cells[place] ?? '');
    const own = shape.name === 'export' ? readExported(cell, kind) : cell;
    const plain = kind === 'text' ? own : own.trim();
    row[name] = plain.startsWith('="') ? (PROTECTED.exec(plain)?.[1] ?? plain) : plain;
  }
  return row;
}

/** A cell as it stood in the file that was refused. */
export function readRejected({ isRejects }: FileShape, cell: string): string {
  return isRejects ? exactText(cell) : cell;
}

function readExported(cell: string, kind: CellKind): string {
  return kind === 'id' || kind === 'number' ? exactText(cell) : plainText(cell);
}

/** The ids of a row, by their columns: only whole ids distinguish records. */
export function idColumnsOf(shape: FileShape): string[] {
  return shape.columns.filter(({ kind }) => kind === 'id').map(({ name }) => name);
}

/** The key that distinguishes a row within its file. */
export function keyOfRow(shape: FileShape, row: ImportRow): string {
  switch (shape.name) {
    case 'records':
      return row.id ?? '';
    case 'calls':
      // Two that begin at different times are two calls, whatever their id: they are sorted out when they are posted.
      return `${row.call_id} ${row.date_started}`;
    case 'texts':
      return `${row.message_id} ${row.direction} ${row.from_phone} ${row.to_phone}`;
    case 'export':
      return `${row.source} ${row.reference}`;
  }
}

/** The call or message that a row is a leg of, by its vendor's id; null where a row is a whole record. */
export function callOfRow(shape: FileShape, row: ImportRow): string | null {
  switch (shape.name) {
    case 'calls':
      return realCallId(row);
    case 'texts':
      return row.message_id || null;
    default:
      return null;
  }
}
