import type { Draft } from './draft-directory.ts';

/** Drafts of one kind, found by the phone system's id and by a name that people use, in whatever case. */
export function indexDrafts<Data extends { externalRef: string | null }>(
  drafts: Draft<Data>[],
  nameOf: (draft: Draft<Data>) => string | null,
  /** What is being brought in: an id of theirs is somebody's own. */
  lines: readonly { ref: string }[],
) {
  const refs = new Map<string, Draft<Data>>();
  const names = new Map<string, Draft<Data>>();
  const listed = new Set(drafts);
  const spokenOf = new Set(lines.map(({ ref }) => ref));

  /** Remembers a draft by the names that it has now. */
  const keep = (draft: Draft<Data>): Draft<Data> => {
    if (!listed.has(draft)) drafts.push(draft);
    listed.add(draft);
    const name = nameOf(draft);
    if (draft.data.externalRef !== null) refs.set(draft.data.externalRef, draft);
    if (name !== null) names.set(name.toLowerCase(), draft);
    return draft;
  };
  for (const draft of drafts) keep(draft);

  const byRef = (ref: string): Draft<Data> | undefined => (ref === '' ? undefined : refs.get(ref));
  const byName = (name: string): Draft<Data> | undefined =>
    name === '' ? undefined : names.get(name.toLowerCase());
  return {
    keep,
    byRef,
    byName,
    /** Which one a line means. One of the same name whom another line speaks of by its id is somebody else. */
    known(ref: string, name: string): Draft<Data> | undefined {
      const named = byName(name);
      const other = named?.data.externalRef ?? null;
      const isSomebodyElse = ref !== '' && other !== null && other !== ref && spokenOf.has(other);
      return byRef(ref) ?? (isSomebodyElse ? undefined : named);
    },
  };
}
