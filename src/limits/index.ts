/** Spending limits (R31): who may set them, how far they are used, and who is notified. The module's public API. */
export { endLimit, type LimitChoice, setLimit } from './change-limit.ts';
export { sweepLimits, watchLimits } from './judge-limits.ts';
export { DEFAULT_LIMIT_LEVELS, readLevels } from './limit-levels.ts';
export { type LimitState, listLimits, listLimitsFor, type OwnLimit } from './list-limits.ts';
export { decodeSubject, encodeSubject, listSubjects, type NamedSubject } from './name-subjects.ts';
export { type LimitReview, reviewLimit } from './review-limit.ts';
