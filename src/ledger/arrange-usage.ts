import type { NewUsage, UsageOutcome } from './types.ts';

/** A batch in the order that the ledger gets, and the way back to the caller's order. */
export interface ArrangedUsage {
  records: readonly NewUsage[];
  /** No key is there twice, and the records stand in the order in which they draw. */
  isPlain: boolean;
  /** Outcomes of these records in the order in which they were given. */
  restore(outcomes: readonly UsageOutcome[]): UsageOutcome[];
}

/**
 * Puts a batch in the order in which it draws: calls and messages before AI, then by usage time. The ledger would do so
 * itself, at many times the price. Of two records of one key the first counts, so a batch with such stays as it was given.
 */
export function arrangeUsage(usages: readonly NewUsage[]): ArrangedUsage {
  const inOrderGiven = (isPlain: boolean) => ({
    records: usages,
    isPlain,
    restore: (outcomes: readonly UsageOutcome[]) => [...outcomes],
  });
  const keys = new Set(usages.map(({ source, externalId }) => `${externalId}\n${source}`));
  if (keys.size < usages.length) return inOrderGiven(false);
  if (usages.every((record, i) => compareDraws(usages[i - 1] ?? record, record) <= 0))
    return inOrderGiven(true);
  const ranked = usages
    .map((record, position) => ({ record, position }))
    .sort((a, b) => compareDraws(a.record, b.record));
  return {
    records: ranked.map(({ record }) => record),
    isPlain: true,
    restore: (outcomes) => {
      const restored = [...outcomes];
      ranked.forEach(({ position }, i) => {
        const outcome = outcomes[i];
        if (outcome !== undefined) restored[position] = outcome;
      });
      return restored;
    },
  };
}

/** Negative where one usage draws before another. */
function compareDraws(a: NewUsage, b: NewUsage): number {
  if (a.class !== b.class) return a.class === 'calls' ? -1 : 1;
  return a.usageAt.getTime() - b.usageAt.getTime();
}
