import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraffic } from '../../../src/cli/rates/read-traffic.ts';
import { compileDeck, parseDeck, rateTraffic, sampleDeck, toVersions } from '../../../src/rating/index.ts';

const NOW = new Date('2026-11-14T09:30:00Z');
const sample = compileDeck(sampleDeck());

/** Text that is nearly a deck. */
const cell = fc.oneof(
  fc.constantFrom(
    '44',
    '+44 20',
    '0.01',
    '',
    '*',
    'both',
    'US',
    '"',
    '60',
    '2026-11-01',
    '1e5',
    '\uFEFF',
    '0,5',
    '-1',
  ),
  fc.string({ maxLength: 6 }),
);
const line = fc
  .tuple(fc.constantFrom(',', ';', '\t'), fc.array(cell, { maxLength: 8 }))
  .map(([delimiter, cells]) => cells.join(delimiter));
const file = fc
  .tuple(
    fc.constantFrom(
      'prefix,rate',
      'prefix;rate;direction',
      'kind,licence,prefix,rate,first,next,fee,date',
      '',
    ),
    fc.array(line, { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([header, lines, end]) => [header, ...lines].join(end));

/** JSON that is nearly a call. */
const record = fc.record(
  {
    direction: fc.constantFrom('inbound', 'outbound', 'INBOUND', null),
    to: fc.oneof(fc.constantFrom('+442079460000', '+18005550100', 'blocked', '', null), fc.string()),
    from: fc.oneof(fc.constantFrom('+14155550100', '22395', null), fc.string(), fc.integer()),
    answered_at: fc.oneof(
      fc.constantFrom('2026-11-14T09:30:00Z', null, '2026-13-45'),
      fc.double(),
      fc.string(),
    ),
    duration_seconds: fc.oneof(fc.double(), fc.constantFrom('12', 'x', null)),
    text: fc.oneof(fc.string(), fc.constant(null)),
    recipients: fc.oneof(fc.integer(), fc.double()),
    pages: fc.oneof(fc.integer(), fc.string()),
    responded: fc.oneof(fc.boolean(), fc.string()),
    local_prefixes: fc.array(fc.string({ maxLength: 3 })),
    office_country: fc.string({ maxLength: 2 }),
  },
  { requiredKeys: [] },
);

describe('whatever comes in', () => {
  it('a deck file is read, or each fault has its line: nothing is thrown', () => {
    fc.assert(
      fc.property(file, (text) => {
        const { rows, faults } = parseDeck(text);
        const lines = text.split(/\r\n?|\n/).length;
        for (const fault of faults) expect(fault.line).toBeLessThanOrEqual(lines);
        if (faults.length === 0) for (const deck of toVersions(rows)) compileDeck(deck);
        expect(faults.length + rows.length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a line of usage is priced or refused in words', () => {
    const json = fc.oneof(
      record.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(json, (text) => {
        const read = readTraffic(text, NOW);
        if ('fault' in read) expect(read.fault).toMatch(/\S/);
        else {
          const rated = rateTraffic(sample, read.traffic);
          expect(rated.explanation).toMatch(/\S/);
          if (rated.outcome === 'rated') expect(rated.cost.isNegative() || rated.cost.isNaN()).toBe(false);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
