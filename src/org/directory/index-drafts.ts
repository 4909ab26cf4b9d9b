import type { Draft } from './draft-directory.ts';

/** Drafts of one kind, found by the phone system's id and by name, ignoring case. */
export function indexDrafts<Data extends { externalRef: string | null }>(
  drafts: Draft<Data>[],
  nameOf: (draft: Draft<Data>) => string | null,
  /** The lines of this import: an id that one of them has is taken. */
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
    /** The draft that a line refers to. A draft of the same name that another line refers to by id is a different one. */
    known(ref: string, name: string): Draft<Data> | undefined {
      const named = byName(name);
      const other = named?.data.externalRef ?? null;
      const isSomebodyElse = ref !== '' && other !== null && other !== ref && spokenOf.has(other);
      return byRef(ref) ?? (isSomebodyElse ? undefined : named);
    },
  };
}
