import fc from 'fast-check';

const cents = fc.integer({ min: 1, max: 900 });
const office = fc.constantFrom('main', 'branch', null);
const usageClass = fc.constantFrom('calls' as const, 'calls' as const, 'ai' as const);
const which = fc.nat({ max: 7 });
/** Hours before now: mostly lately, at times too old, at times ahead. */
const hoursAgo = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 900 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);
const facts = { office, class: usageClass, cents, hoursAgo };
/** An operation as chance picks it; what it refers to is counted back from the last. */
export const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('clock' as const), hours: fc.integer({ min: 1, max: 72 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('top-up' as const), office, cents }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('bundle' as const),
      office,
      cents,
      class: usageClass,
      from: fc.integer({ min: -96, max: 24 }),
      hours: fc.integer({ min: 1, max: 240 }),
    }),
  },
  { weight: 9, arbitrary: fc.record({ op: fc.constant('use' as const), ...facts }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('repeat' as const), which, cents }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('contradict' as const), which, ...facts }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('refund' as const),
      which,
      cents: fc.option(cents, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('correct' as const), which, cents }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('move' as const), which, office, class: usageClass, cents }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('lapse' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('hold' as const),
      office,
      class: usageClass,
      cents,
      hours: fc.integer({ min: 1, max: 48 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('release' as const), which }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('settle' as const), which, ...facts }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('expire' as const) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
