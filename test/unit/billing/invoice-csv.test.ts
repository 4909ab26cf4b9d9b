import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { invoiceCsv } from '../../../src/billing/invoices/invoice-csv.ts';
import type { InvoiceDocument } from '../../../src/billing/invoices/invoice-rows.ts';
import { dollars } from '../../../src/money.ts';

const line = {
  at: new Date('2026-11-03T06:30:00Z'),
  description: 'Credits',
  office: null,
  receipt: 'R-000001',
  amount: dollars('100'),
};

const invoice = (lines: InvoiceDocument['lines']): InvoiceDocument => ({
  companyId: 1n,
  token: 'token',
  number: 'INV-2026-0042',
  state: 'open',
  total: dollars('0'),
  startsAt: new Date('2026-11-01T07:00:00Z'),
  closesAt: new Date('2026-12-01T08:00:00Z'),
  issuedAt: new Date('2026-12-01T08:00:00Z'),
  dueAt: new Date('2026-12-31T08:00:00Z'),
  resolvedAt: null,
  owedAgain: null,
  mirror: null,
  payUrl: null,
  hasFailed: false,
  companyName: 'Acme Corp',
  timeZone: 'America/Los_Angeles',
  lines,
});

const read = (document: InvoiceDocument): string[][] => parse(invoiceCsv(document), { bom: true });

describe('the file of an invoice', () => {
  it('has a line for each credit, its day in the company’s zone and its amount exact', () => {
    expect(read(invoice([line, { ...line, amount: dollars('0.1'), receipt: 'R-000002' }]))).toEqual([
      ['Invoice', 'Date (America/Los_Angeles)', 'Description', 'For', 'Receipt', 'Amount (USD)'],
      ['INV-2026-0042', '2026-11-02', 'Credits', 'Acme Corp', 'R-000001', '100.00'],
      ['INV-2026-0042', '2026-11-02', 'Credits', 'Acme Corp', 'R-000002', '0.10'],
    ]);
  });

  it('has nothing that a spreadsheet runs, and quotes what would break a line', () => {
    const hostile = { ...line, description: '=HYPERLINK("http://x")', office: ' +1,"Berlin"\r\nBüro' };
    expect(read(invoice([hostile]))[1]).toEqual([
      'INV-2026-0042',
      '2026-11-02',
      '\'=HYPERLINK("http://x")',
      '\' +1,"Berlin"\r\nBüro',
      'R-000001',
      '100.00',
    ]);
  });
});
