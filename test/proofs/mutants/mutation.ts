/** One small change of a source file. */
export interface Mutation {
  /** From the repository's root. */
  file: string;
  /** What is replaced: from here, up to but without `end`. */
  start: number;
  end: number;
  replacement: string;
  /** What kind of change it is. */
  operator: string;
}

/** Where a mutation is, and its line before and after; a removal of several lines is shown by their first. */
export interface ShownMutation {
  place: string;
  from: string;
  to: string;
}

export function mutate(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

export function show(source: string, mutation: Mutation): ShownMutation {
  const before = source.split('\n');
  const after = mutate(source, mutation).split('\n');
  const index = before.findIndex((line, at) => line !== after[at]);
  const isRemoval = after.length < before.length && mutation.replacement === '';
  const to = isRemoval ? '' : (after[index]?.trim() ?? '');
  return {
    place: `${mutation.file}:${index + 1}`,
    from: before[index]?.trim() ?? '',
    to: to === '' ? '(removed)' : to,
  };
}
