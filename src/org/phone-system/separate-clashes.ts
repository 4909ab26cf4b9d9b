import type { DirectoryDraft, Draft } from '../directory/draft-directory.ts';
import type { DirectoryList, OddItem } from './read-item.ts';

type Named = { name: string; externalRef: string | null };

/**
 * Gives names and e-mail addresses that several have to one of them alone, as the database asks: to one that the phone
 * system lists now, before one that it does not, and then to the one that was there first. Others are named with their
 * id, or have no address. Returns what it changed.
 */
export function separateClashes(draft: DirectoryDraft): OddItem[] {
  return [
    ...separateNames('offices', draft.offices, ({ name }) => name),
    ...separateNames(
      'departments',
      draft.departments,
      ({ name, office }) => `${draft.offices.indexOf(office)}/${name}`,
    ),
    ...separateAddresses(draft),
  ];
}

function separateNames<Data extends Named>(
  list: DirectoryList,
  drafts: readonly Draft<Data>[],
  keyOf: (data: Data) => string,
): OddItem[] {
  const taken = new Set<string>();
  const oddItems: OddItem[] = [];
  for (const each of inOrderOfClaim(drafts)) {
    const { name } = each.data;
    for (let n = 1; taken.has(keyOf(each.data)); n += 1)
      each.data = { ...each.data, name: `${name} (${each.data.externalRef ?? n}${n > 1 ? ` ${n}` : ''})` };
    taken.add(keyOf(each.data));
    if (each.data.name !== name && each.isNamed)
      oddItems.push({
        list,
        item: each.data.externalRef ?? name,
        why: `"${name}" is the name of another one; called "${each.data.name}"`,
        isSkipped: false,
      });
  }
  return oddItems;
}

function separateAddresses(draft: DirectoryDraft): OddItem[] {
  const owners = new Map<string, string>();
  const oddItems: OddItem[] = [];
  for (const each of inOrderOfClaim(draft.members)) {
    const { email, name, externalRef } = each.data;
    if (email === null) continue;
    const owner = owners.get(email.toLowerCase());
    if (owner === undefined) {
      owners.set(email.toLowerCase(), name);
      continue;
    }
    each.data = { ...each.data, email: null };
    if (each.isNamed)
      oddItems.push({
        list: 'people',
        item: externalRef ?? name,
        why: `${email} is also the address of ${owner}; left out here`,
        isSkipped: false,
      });
  }
  return oddItems;
}

function inOrderOfClaim<Data>(drafts: readonly Draft<Data>[]): Draft<Data>[] {
  return [...drafts.filter(({ isNamed }) => isNamed), ...drafts.filter(({ isNamed }) => !isNamed)];
}
