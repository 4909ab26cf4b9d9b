import { expect, it } from 'vitest';
import { RefillError } from '../../../src/errors.ts';
import { dollars } from '../../../src/money.ts';
import { type GoodRow, ingestRows, type Taker } from '../../../src/usage/import/ingest-rows.ts';
import { readRecordRow } from '../../../src/usage/import/read-rows.ts';
import { numberKey } from '../../support/number-key.ts';

function row(id: string): GoodRow {
  const cells = {
    id,
    kind: 'fax',
    direction: 'outbound',
    external_number: '+12025550123',
    at: '2026-11-20T09:30:00Z',
  };
  const read = readRecordRow(cells, () => 'US');
  if ('message' in read) throw new Error(read.message);
  return { table: { line: 1, cells: [id] }, read, hasOtherLegs: false };
}

const context = { companyId: 1n, numberKey };
/** No part of the database is asked for rows of our own columns. */
const deps = {} as Parameters<typeof ingestRows>[0];

/** Posts what it is given, but for batches with an id that it fails at. */
function failingAt(ids: readonly string[], error: Error): Taker {
  return {
    events: async (_, rows) => {
      if (rows.some(({ table }) => ids.includes(table.cells[0] ?? ''))) throw error;
      return rows.map(() => ({ outcome: { outcome: 'posted', isAttributed: true }, cost: dollars('1') }));
    },
    legs: () => Promise.reject(new Error('there are none')),
  };
}

const names = Array.from({ length: 100 }, (_, at) => `r${at}`);

it('a row that the database fails at holds up none of its neighbours', async () => {
  const taker = failingAt(['r0', 'r41', 'r42', 'r99'], new Error('value out of range'));
  const taken = await ingestRows(deps, context, taker, names.map(row));
  expect(taken).toHaveLength(100);
  const refused = taken.filter(({ priced }) => priced.outcome.outcome === 'rejected');
  expect(refused.map(({ good }) => good.table.cells[0])).toEqual(['r0', 'r41', 'r42', 'r99']);
  expect(refused[0]?.priced.outcome).toEqual({
    outcome: 'rejected',
    message: 'it could not be posted: value out of range',
  });
});

it('what is no row’s fault is thrown, and refuses no row', async () => {
  const noKey = new RefillError('company-closed', 'The company is closed.');
  await expect(ingestRows(deps, context, failingAt(['r7'], noKey), names.map(row))).rejects.toBe(noKey);
  const full = new Error('no space left on device');
  await expect(ingestRows(deps, context, failingAt(names, full), names.map(row))).rejects.toBe(full);
});
