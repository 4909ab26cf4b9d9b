/** Stories that books are made of: what happens in a company around a turn of its zone's clocks, as chance has it. */
import fc from 'fast-check';

export const HOUR_MS = 3_600_000;
export const QUARTER_HOUR_MS = 900_000;

/** Zones whose clocks do something odd, and the moment at which they do. */
const SCENES = [
  { timeZone: 'Asia/Kathmandu', turn: '2026-10-31T18:15:00Z' },
  { timeZone: 'Australia/Lord_Howe', turn: '2026-04-04T15:00:00Z' },
  { timeZone: 'Australia/Lord_Howe', turn: '2026-10-03T15:30:00Z' },
  { timeZone: 'America/St_Johns', turn: '2026-03-08T05:30:00Z' },
  { timeZone: 'America/St_Johns', turn: '2026-11-01T04:30:00Z' },
  { timeZone: 'Pacific/Chatham', turn: '2026-04-04T14:00:00Z' },
  { timeZone: 'Pacific/Chatham', turn: '2026-09-26T14:00:00Z' },
  { timeZone: 'Africa/Casablanca', turn: '2026-02-15T02:00:00Z' },
  { timeZone: 'Africa/Casablanca', turn: '2026-03-22T02:00:00Z' },
  // Midnight does not come, and comes twice.
  { timeZone: 'America/Santiago', turn: '2026-09-06T04:00:00Z' },
  { timeZone: 'America/Havana', turn: '2026-11-01T05:00:00Z' },
] as const;

export const CATEGORIES = ['international', 'sms', 'toll_free', 'ai_conversation'] as const;

const cents = fc.integer({ min: 0, max: 700 });
const some = fc.integer({ min: 1, max: 900 });
const office = fc.constantFrom(0, 0, 1, null);
const which = fc.nat({ max: 5 });
const op = <T extends string>(name: T) => fc.constant(name);

/** A usage: on a quarter-hour's bound, a millisecond before or after it, or somewhere inside. */
const usage = fc.record({
  office,
  member: fc.constantFrom(0, 1, 2, null),
  department: fc.constantFrom(0, 1, null),
  category: fc.constantFrom(...CATEGORIES),
  source: fc.constantFrom('api', 'dialpad'),
  quarter: fc.integer({ min: -150, max: 150 }),
  past: fc.oneof(fc.constantFrom(0, 0, 1, -1), fc.integer({ min: 0, max: QUARTER_HOUR_MS })),
  cents,
});
export type RandomUsage = typeof usage extends fc.Arbitrary<infer T> ? T : never;

const move = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: op('general'), office, cents: some }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: op('bundle'),
      kind: fc.constantFrom('calling' as const, 'ai' as const),
      office,
      cents: some,
      fromHours: fc.integer({ min: -60, max: 12 }),
      hours: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ op: op('use'), usages: fc.array(usage, { minLength: 1, maxLength: 8 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: op('correct'), which, usage }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: op('refund'), which, cents: fc.option(some, { nil: undefined }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: op('lapse') }) },
  { weight: 2, arbitrary: fc.record({ op: op('hold'), office, cents: some }) },
  { weight: 1, arbitrary: fc.record({ op: op('reverse'), which }) },
  { weight: 1, arbitrary: fc.record({ op: op('share') }) },
);
export type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** What happens in a company, and how much later each time. */
export const story = fc.record({
  scene: fc.constantFrom(...SCENES),
  pooled: fc.boolean(),
  moves: fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 997, HOUR_MS, 7 * HOUR_MS), move), {
    minLength: 6,
    maxLength: 26,
    size: 'max',
  }),
});
export type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;
