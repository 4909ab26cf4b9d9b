import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../audit.ts';
import { type DirectoryChange, diffDirectory } from '../directory/diff-directory.ts';
import { type DirectoryDraft, draftDirectory } from '../directory/draft-directory.ts';
import { readDirectoryRows } from '../directory/read-directory.ts';
import { DIRECTORY_STORE_TIMEOUT_MS, storeDraft } from '../directory/store-draft.ts';
import { storeLines } from '../directory/store-lines.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { directoryKeyPlace } from './connect-phone-system.ts';
import type { PhoneSystemAccess } from './list-items.ts';
import type { OddItem } from './read-item.ts';
import { type PhoneSystemDirectory, readPhoneSystem } from './read-phone-system.ts';
import { separateClashes } from './separate-clashes.ts';

export interface SyncDeps {
  db: Db;
  clock: Clock;
  secrets: SecretBox;
  /** Waits between tries; tests do not. */
  wait?: PhoneSystemAccess['wait'];
}

export interface SyncedDirectory {
  changes: DirectoryChange[];
  /** What the phone system lists and could not be taken in as it stands. */
  oddItems: OddItem[];
}

export interface SyncOrder {
  companyId: bigint;
  /** Says what would change, and changes nothing. */
  dryRun?: boolean;
  /** Also where most of what is known here would go. */
  force?: boolean;
}

/**
 * Brings a company's directory to what its phone system says now, all of it in one transaction. People whom it does not
 * name any more are deactivated, so that what they used stays theirs; numbers that it does not list any more are taken
 * out, as they belong to another person by now. What is odd is left out and returned, and stops nothing else; who is listed
 * but cannot be read is not gone. Returns what changed, too.
 *
 * Throws RefillError `directory-not-connected`, `directory-would-empty` (more than half of the people or numbers that
 * came from the phone system would go, and it was not forced), and those of `listItems`.
 */
export async function syncDirectory(deps: SyncDeps, order: SyncOrder): Promise<SyncedDirectory> {
  const { companyId } = order;
  const source = await deps.db.directorySource.findUnique({ where: { companyId } });
  if (source === null)
    throw new RefillError(
      'directory-not-connected',
      `The phone system of company ${companyId} is not connected. See: refill directory connect --help`,
    );
  const found = await readPhoneSystem({
    url: source.url,
    key: deps.secrets.open(source.keyEncrypted, directoryKeyPlace(companyId)),
    ...(deps.wait === undefined ? {} : { wait: deps.wait }),
  });
  const at = deps.clock.now();
  return await inTransaction(
    deps.db,
    async (tx) => {
      // One at a time for a company: what was read later must not be overtaken half-way.
      await tx.$queryRaw`SELECT 1 FROM directory_source WHERE company_id = ${companyId} FOR UPDATE`;
      const draft = draftDirectory(await readDirectoryRows(tx, companyId));
      const synced = bringUpToDate(draft, found, order.force === true);
      const { changes } = synced;
      if (order.dryRun === true) return synced;
      const goneNumbers = new Set(namesOf(changes, 'number', 'gone'));
      await storeDraft(tx, companyId, draft, { goneNumbers, at });
      if (changes.length > 0)
        await recordAudit(tx, {
          companyId,
          at,
          actor: 'operator',
          surface: 'operator',
          action: 'directory-synced',
          details: countChanges(changes),
        });
      return synced;
    },
    { timeoutMs: DIRECTORY_STORE_TIMEOUT_MS },
  );
}

/** How many were added, changed and are gone. */
export function countChanges(changes: readonly DirectoryChange[]) {
  const count = (change: DirectoryChange['change']): number =>
    changes.filter((each) => each.change === change).length;
  return { added: count('added'), changed: count('changed'), gone: count('gone') };
}

function bringUpToDate(
  draft: DirectoryDraft,
  { lines, oddItems: unread, heldEmails }: PhoneSystemDirectory,
  isForced: boolean,
): SyncedDirectory {
  for (const member of draft.members)
    if (heldEmails.has(member.data.email?.toLowerCase() ?? '')) member.isNamed = true;
  const refused = storeLines(draft, lines).map(({ file, line, message }): OddItem => {
    if (file === 'numbers')
      return { list: file, item: lines.numbers[line]?.number ?? '', why: message, isSkipped: true };
    const list = file === 'offices' ? file : 'people';
    const item = (list === 'offices' ? lines.offices : lines.members)[line]?.ref ?? '';
    return { list, item, why: message, isSkipped: true };
  });
  holdSkipped(draft, refused);
  const oddItems = [...unread, ...refused, ...separateClashes(draft)];
  // Whoever came from files alone, without an id, the phone system cannot miss.
  const known = draft.members.filter(({ before }) => before?.active === true && before.externalRef !== null);
  const leavers = known.filter(({ isNamed }) => !isNamed);
  for (const member of leavers) member.data = { ...member.data, active: false };
  const own = [...draft.numbers.values()].filter(({ before }) => before?.isFromPhoneSystem === true);
  const lost = own.filter(({ isNamed }) => !isNamed);
  const isEmptying = leavers.length * 2 > known.length || lost.length * 2 > own.length;
  if (isEmptying && !isForced)
    throw new RefillError(
      'directory-would-empty',
      `The phone system does not name ${leavers.length} of ${known.length} people and ${lost.length} of ` +
        `${own.length} numbers that it named before. Nothing was changed. If that is right: ` +
        'refill directory sync --force',
    );
  return { changes: diffDirectory(draft, new Set(lost.map(({ data }) => data.number))), oddItems };
}

/** Keeps whom the phone system lists, though what it says of them could not be taken in. */
function holdSkipped(draft: DirectoryDraft, skipped: readonly OddItem[]): void {
  const keys = new Set(skipped.map(({ list, item }) => `${list}:${item}`));
  for (const member of draft.members)
    if (keys.has(`people:${member.data.externalRef}`)) member.isNamed = true;
  for (const number of draft.numbers.values())
    if (keys.has(`numbers:${number.data.number}`)) number.isNamed = true;
}

function namesOf(
  changes: readonly DirectoryChange[],
  what: DirectoryChange['what'],
  change: DirectoryChange['change'],
): string[] {
  return changes.filter((each) => each.what === what && each.change === change).map(({ name }) => name);
}
