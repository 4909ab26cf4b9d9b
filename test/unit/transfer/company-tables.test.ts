import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMPANY_TABLES, LEFT_OUT } from '../../../src/transfer/index.ts';

const schema = readFileSync('prisma/schema.prisma', 'utf8');
const models = [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].map(([, body = '']) => ({
  table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '',
  columns: [...body.matchAll(/^ {2}(\w+)\s.*$/gm)].map(
    ([line, name = '']) => /@map\("(\w+)"\)/.exec(line)?.[1] ?? name,
  ),
}));

describe('a company’s file', () => {
  it('has every table of the schema, or says why not', () => {
    expect(models.length).toBeGreaterThan(60);
    const placed = [...COMPANY_TABLES.map(({ table }) => table), ...Object.values(LEFT_OUT).flat()];
    expect(placed.toSorted()).toEqual(models.map(({ table }) => table).toSorted());
  });

  it('has no sealed or secret column, but the key for phone numbers', () => {
    const written = COMPANY_TABLES.flatMap(({ table, replaced = {} }) =>
      (models.find((model) => model.table === table)?.columns ?? [])
        .filter((column) => !(column in replaced))
        .map((column) => `${table}.${column}`),
    );
    expect(written.length).toBeGreaterThan(400);
    const secret = /encrypted|secret|key_hash|_url$|processor_id|bot_token/;
    // Names of refunds and disputes at the processor, with which nothing can be charged.
    expect(written.filter((column) => secret.test(column))).toEqual([
      'number_key.key_encrypted',
      'dispute.processor_id',
      'refund.processor_id',
      'operator_refund.processor_id',
      'invoice_claim.processor_id',
    ]);
  });
});
