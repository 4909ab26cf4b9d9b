import type { Db } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import { groupBy } from '../../group-by.ts';
import { dollars, toMicros } from '../../money.ts';
import type { NumberKey } from '../../number-key.ts';
import { readParty } from '../../phone-number.ts';
import { isLikelyTime, type UsageEvent } from '../ingest/usage-event.ts';
import { API_SOURCE, VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import type { ImportRow } from './file-shapes.ts';
import type { ReadRow } from './read-rows.ts';

/** Who people and places of an export are here; a name that two have matches neither. */
export interface ExportNames {
  members: ReadonlyMap<string, UsageEvent['party']>;
  departments: ReadonlyMap<string, UsageEvent['party']>;
  offices: ReadonlyMap<string, UsageEvent['party']>;
}

/** The names of a company's directory, as its exports write them. */
export async function readExportNames(db: Db, companyId: bigint): Promise<ExportNames> {
  const where = { companyId };
  const [members, departments, offices] = await Promise.all([
    db.member.findMany({ where, select: { name: true, email: true, externalRef: true } }),
    db.department.findMany({ where, select: { name: true, externalRef: true } }),
    db.office.findMany({ where, select: { name: true, externalRef: true } }),
  ]);
  return {
    members: byName(members, ({ email, externalRef }) => ({
      ...(externalRef === null ? {} : { memberRef: externalRef }),
      ...(email === null ? {} : { email }),
    })),
    departments: byName(departments, ({ externalRef }) =>
      externalRef === null ? {} : { departmentRef: externalRef },
    ),
    offices: byName(offices, ({ externalRef }) => (externalRef === null ? {} : { officeRef: externalRef })),
  };
}

function byName<T extends { name: string }>(
  rows: readonly T[],
  toHint: (row: T) => UsageEvent['party'],
): Map<string, UsageEvent['party']> {
  const named = [...groupBy(rows, ({ name }) => name)];
  return new Map(
    named.flatMap(([name, [row, ...others]]) =>
      row === undefined || others.length > 0 ? [] : [[name, toHint(row)] as const],
    ),
  );
}

type Kind = Pick<UsageEvent, 'kind' | 'isInternal'>;

/** What the export calls each kind of usage. */
const TYPES: Readonly<Record<string, Kind>> = {
  'Internal call': { kind: 'call', isInternal: true },
  'Local call': { kind: 'call', isInternal: false },
  'Domestic call': { kind: 'call', isInternal: false },
  'Toll-free call': { kind: 'call', isInternal: false },
  'International call': { kind: 'call', isInternal: false },
  SMS: { kind: 'sms', isInternal: false },
  MMS: { kind: 'mms', isInternal: false },
  Fax: { kind: 'fax', isInternal: false },
  'AI conversation': { kind: 'ai_conversation', isInternal: false },
};
const DIRECTIONS: Readonly<Record<string, UsageEvent['direction']>> = { In: 'inbound', Out: 'outbound' };
const SOURCES: ReadonlySet<string> = new Set([API_SOURCE, VENDOR_SOURCE]);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;
const WHOLE = /^\d+$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;

/** A row of an export of ours, as the record that it was. Throws nothing. */
export function readExportRow(row: ImportRow, names: ExportNames): ReadRow {
  const text = (column: string): string => row[column] ?? '';
  const fail = (column: string, what: string): ReadRow => ({
    message: `${column}: "${text(column).slice(0, 60)}" ${what}`,
  });
  const kind = TYPES[text('type')];
  if (kind === undefined) return fail('type', 'is no type of usage');
  const direction = DIRECTIONS[text('direction')];
  if (direction === undefined) return fail('direction', 'is neither In nor Out');
  const at = new Date(TIME.test(text('time')) ? text('time') : Number.NaN);
  if (!isLikelyTime(at)) return fail('time', 'is no time like 2026-11-20T09:30:00-08:00');
  const source = text('source');
  if (!SOURCES.has(source)) return fail('source', 'is no source of usage');
  const reference = text('reference');
  if (reference === '') return fail('reference', 'is empty: it tells one record from another');
  const [seconds, quantity] = [text('duration (seconds)'), text('quantity')];
  if (!DECIMAL.test(seconds)) return fail('duration (seconds)', 'is no number of seconds');
  if (!WHOLE.test(quantity)) return fail('quantity', 'is no number of pieces');
  const isText = kind.kind === 'sms' || kind.kind === 'mms';
  const external = readParty(text('other_number'), { mayBeName: isText && direction === 'inbound' });
  if ('fault' in external) return { message: `other_number: ${external.fault}` };
  const internal = readParty(text('company_number'), { mayBeName: isText && direction === 'outbound' });
  if ('fault' in internal) return { message: `company_number: ${internal.fault}` };
  const durationMs = Math.round(Number(seconds) * SECOND_MS * 1_000) / 1_000;
  const pieces = Number(quantity);
  const cost = text('cost (usd)');
  return {
    source,
    original: {
      reference,
      durationMs,
      quantity: pieces,
      costMicros: DECIMAL.test(cost) ? toMicros(dollars(cost)) : null,
    },
    event: {
      ...kind,
      externalId: reference,
      direction,
      externalNumber: external.number,
      internalNumber: internal.number,
      party: {
        ...names.offices.get(text('office')),
        ...names.departments.get(text('department')),
        ...names.members.get(text('member')),
      },
      usageAt: at,
      answeredAt: kind.kind === 'call' && durationMs === 0 ? null : at,
      durationMs,
      // Of a message or fax that was free, no pieces were counted.
      isFailed: kind.kind !== 'call' && pieces === 0,
      hasResponded: pieces > 0,
      text: null,
      recipients: Math.max(1, pieces),
      pages: pieces,
      version: '0',
    },
  };
}

const KEYED = /^(call|message):(.*):(?:[\w-]{22}|withheld)$/;

/** The key of a record here: the vendor's has the other number's code in it, which is another one for each company. */
export function keyHere(reference: string, external: string | null, numberKey: NumberKey): string {
  const [, kind, id] = KEYED.exec(reference) ?? [];
  if (kind === undefined) return reference;
  return `${kind}:${id}:${external === null ? 'withheld' : numberKey.codeOf(external)}`;
}
