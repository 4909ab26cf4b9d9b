import { describe, expect, it } from 'vitest';
import { includedTax } from '../../../src/billing/documents/billing-details.ts';
import { type PrintedDocument, renderPdf } from '../../../src/billing/documents/render-pdf.ts';
import { readReceiptSearch } from '../../../src/billing/receipts/read-search.ts';
import { parseReceipt } from '../../../src/billing/receipts/receipt-number.ts';
import { dollars } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { hasPdfTools, readPdfFonts, readPdfText } from '../../support/read-pdf.ts';

const AT = new Date('2026-11-30T18:00:00Z');
const PERSON = {
  company: { timeZone: 'America/Los_Angeles' },
  offices: [
    { id: 1n, name: 'San Francisco' },
    { id: 2n, name: 'New York' },
    { id: 3n, name: 'Zürich' },
  ],
  roles: [{ role: 'company_admin', officeId: null }],
} as unknown as Person;

describe('a search for receipts', () => {
  const read = (text: string) => {
    const found = readReceiptSearch(text, PERSON, AT);
    if (found === null) return 'nothing';
    const { number, amount, month, officeIds } = found;
    return [
      number === null ? '' : `#${number}`,
      amount === null ? '' : `$${amount.toFixed(2)}`,
      month === null ? '' : month.from.toISOString().slice(0, 10),
      officeIds === null ? '' : `offices ${officeIds.join()}`,
    ]
      .filter(Boolean)
      .join(' ');
  };
  it.each([
    ['', ''],
    ['R-000123', '#123'],
    ['r-123-1', '#123'],
    ['124', '#124 $124.00'],
    ['$50', '$50.00'],
    ['12.50', '$12.50'],
    ['november', '2026-11-01'],
    ['Dec', '2025-12-01'],
    ['oct 2025', '2025-10-01'],
    ['2026-09', '2026-09-01'],
    ['new york', 'offices 2'],
    ['zurich', 'offices 3'],
    ['New York Nov $20', '$20.00 2026-11-01 offices 2'],
    ['mars', 'nothing'],
    ['marchioness', 'nothing'],
  ])('for %j looks for %j', (text, what) => {
    expect(read(text)).toBe(what);
  });

  it('knows a receipt by its number alone', () => {
    expect(['R-000123', 'r123', 'R-7-2', 'R-', 'P-1', '7'].map(parseReceipt)).toEqual([
      { payment: 123n, refund: null },
      { payment: 123n, refund: null },
      { payment: 7n, refund: 2 },
      null,
      null,
      null,
    ]);
  });
});

it.each([
  ['50', 1900, '7.98'],
  ['100', 2000, '16.67'],
  ['0.01', 1900, '0.00'],
  ['20', 825, '1.52'],
])('of $%s at %i hundredths of a per cent, $%s is tax', (amount, taxRateBp, tax) => {
  const found = includedTax({ taxRateBp, taxName: 'VAT', taxId: 'DE1' }, dollars(amount));
  expect(found?.amount.toFixed(2)).toBe(tax);
});

describe.runIf(hasPdfTools)('a PDF', () => {
  const printed: PrintedDocument = {
    title: 'Receipt R-000123',
    facts: [
      ['Billed to', '株式会社サンプル髙橋\nŁódź, Москва, Ελλάδα'],
      ['Paid with', 'Visa •••• 4242'],
    ],
    table: {
      header: ['Description', 'For', 'Amount'],
      rows: Array.from({ length: 80 }, (_, index) => [`Line ${index}`, 'New York', '$1,234.50']),
    },
    sums: ['Total $98,760.00', 'No tax charged'],
    notes: [],
  };

  it('says in letters that it carries itself what the document says, Japanese and others alike, on as many pages as it takes', async () => {
    const content = await renderPdf(printed, AT);
    const text = readPdfText(content);
    for (const words of [
      'Receipt R-000123',
      '株式会社サンプル髙橋',
      'Łódź, Москва, Ελλάδα',
      'Visa •••• 4242',
    ])
      expect(text).toContain(words);
    expect(text).toMatch(/Line 0 +New York +\$1,234\.50/);
    expect(text).toMatch(/Line 79 +New York +\$1,234\.50/);
    expect(text.split('\f').length).toBeGreaterThan(2);
    const fonts = readPdfFonts(content);
    expect(fonts.length).toBeGreaterThan(0);
    expect(fonts.filter(({ isEmbedded }) => !isEmbedded)).toEqual([]);
  });
});
