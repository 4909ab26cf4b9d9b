import fc from 'fast-check';

const cents = fc.integer({ min: 1, max: 900 });
const office = fc.constantFrom('main', 'branch', null);
const usageClass = fc.constantFrom('calls' as const, 'calls' as const, 'ai' as const);
const which = fc.nat({ max: 7 });
const whichHold = fc.nat({ max: 2 });
/** All of it where none is named. */
const some = fc.option(cents, { nil: undefined });
/** Hours before now: mostly lately, at times too old, at times ahead. */
const hoursAgo = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 900 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);
const facts = { office, class: usageClass, cents, hoursAgo };
const op = <T extends string>(name: T) => fc.constant(name);

/** Mostly on; now and then a little back, as clocks of several machines go. */
const clock = fc.record({
  op: op('clock'),
  hours: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 72 }) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: -1 }) },
  ),
});
const bundle = fc.record({
  op: op('bundle'),
  office,
  cents,
  class: usageClass,
  from: fc.integer({ min: -96, max: 24 }),
  hours: fc.integer({ min: 1, max: 240 }),
});
/** Several records at once; one of the same `again` twice in it comes as it came before. */
const batch = fc.record({
  op: op('batch'),
  records: fc.array(fc.record({ ...facts, again: fc.nat({ max: 9 }) }), { minLength: 2, maxLength: 6 }),
});
const hours = fc.integer({ min: 1, max: 48 });
/** Ends it where no amount is named; of nothing, it lets nothing be held. */
const limit = fc.record({
  op: op('limit'),
  office: fc.constantFrom('main', 'branch'),
  period: fc.constantFrom('month' as const, 'day' as const),
  cents: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 2_500 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
});

/** An operation as chance picks it; what it refers to is counted back from the last. */
export const step = fc.oneof(
  { weight: 4, arbitrary: clock },
  { weight: 4, arbitrary: fc.record({ op: op('top-up'), office, cents }) },
  { weight: 5, arbitrary: bundle },
  { weight: 7, arbitrary: fc.record({ op: op('use'), ...facts }) },
  { weight: 2, arbitrary: batch },
  {
    weight: 1,
    arbitrary: fc.record({ op: op('force'), ...facts, hoursAgo: fc.integer({ min: -48, max: 1200 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: op('repeat'), which, cents }) },
  { weight: 1, arbitrary: fc.record({ op: op('contradict'), which, ...facts }) },
  { weight: 2, arbitrary: fc.record({ op: op('refund'), which, cents: some, keepLapsed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: op('correct'), which, cents, newer: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: op('move'), which, office, class: usageClass, cents }) },
  { weight: 2, arbitrary: fc.record({ op: op('re-time'), which, hoursAgo, cents: some }) },
  { weight: 2, arbitrary: fc.record({ op: op('reverse'), which, cents: some }) },
  { weight: 1, arbitrary: fc.record({ op: op('restore'), which }) },
  { weight: 2, arbitrary: fc.record({ op: op('share'), quarters: fc.nat({ max: 4 }), off: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: op('give'), from: fc.constantFrom('main', 'branch'), cents }) },
  { weight: 3, arbitrary: fc.record({ op: op('lapse') }) },
  { weight: 4, arbitrary: fc.record({ op: op('hold'), office, class: usageClass, cents, hours }) },
  { weight: 1, arbitrary: fc.record({ op: op('extend'), which: whichHold, cents, hours }) },
  { weight: 1, arbitrary: fc.record({ op: op('release'), which: whichHold }) },
  { weight: 2, arbitrary: fc.record({ op: op('settle'), which: whichHold, ...facts, other: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: op('expire') }) },
);
export type Step = typeof step | typeof limit extends fc.Arbitrary<infer T> ? T : never;

/** How many kinds of operation there are. */
export const KINDS = 23;

/** A sequence: whether credits are shared to begin with, and what happens; some 28 operations. */
export const sequence = fc
  .record({
    pooled: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength: 58, size: 'max' }),
    /** Drawn last, so that the steps of a seed are the same whatever is limited. */
    limits: fc.array(fc.record({ before: fc.nat({ max: 40 }), limit }), { maxLength: 4 }),
  })
  .map(({ pooled, steps, limits }) => ({
    pooled,
    steps: steps.flatMap((one, i): Step[] => [
      ...limits.filter(({ before }) => before === i).map((each) => each.limit),
      one,
    ]),
  }));
export type Sequence = typeof sequence extends fc.Arbitrary<infer T> ? T : never;
