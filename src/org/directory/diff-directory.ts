import type { DirectoryDraft, Draft } from './draft-directory.ts';

/** One thing that a draft changes, in names that people know. */
export interface DirectoryChange {
  what: 'office' | 'department' | 'member' | 'number';
  name: string;
  change: 'added' | 'changed' | 'gone';
  /** Of what changed: which facts, as they were and as they are to be. */
  fields: { field: string; from: string; to: string }[];
}

/** What the draft changes, in the order of its drafts; nothing at all: an empty list. */
export function diffDirectory(draft: DirectoryDraft, goneNumbers: ReadonlySet<string>): DirectoryChange[] {
  const of = <Data extends object>(
    what: DirectoryChange['what'],
    drafts: readonly Draft<Data>[],
    nameOf: (data: Data) => string,
  ): DirectoryChange[] =>
    drafts.flatMap((each): DirectoryChange[] => {
      const name = nameOf(each.data);
      if (each.before === null) return [{ what, name, change: 'added', fields: [] }];
      const isGone = ('active' in each.data && isLeaving(each.before, each.data)) || goneNumbers.has(name);
      if (isGone) return [{ what, name, change: 'gone', fields: [] }];
      const fields = changedFields(each.before, each.data);
      return fields.length === 0 ? [] : [{ what, name, change: 'changed', fields }];
    });
  return [
    ...of('office', draft.offices, ({ name }) => name),
    ...of('department', draft.departments, ({ name }) => name),
    ...of('member', draft.members, ({ name }) => name),
    ...of('number', [...draft.numbers.values()], ({ number }) => number),
  ];
}

/** Whether something of it is to be stored. */
export function isChanged<Data extends object>({ before, data }: Draft<Data>): boolean {
  return before === null || changedFields(before, data).length > 0;
}

function isLeaving(before: object, data: object): boolean {
  return 'active' in before && before.active === true && 'active' in data && data.active === false;
}

function changedFields<Data extends object>(before: Data, data: Data): DirectoryChange['fields'] {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(data).flatMap(([field, to]) => {
    const from = was.get(field);
    // What stands in relation to it is the same draft however it is called by now.
    const isSame = isDraft(from) || isDraft(to) ? from === to : show(from) === show(to);
    return isSame ? [] : [{ field, from: show(from), to: show(to) }];
  });
}

function isDraft(value: unknown): value is Draft<object> {
  return typeof value === 'object' && value !== null && 'before' in value && 'isNamed' in value;
}

function show(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (isDraft(value)) return 'name' in value.data ? String(value.data.name) : '';
  return Array.isArray(value) ? value.join(' ') || 'none' : String(value);
}
