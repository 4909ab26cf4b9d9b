import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../audit.ts';
import { type DirectoryChange, diffDirectory } from '../directory/diff-directory.ts';
import { type DirectoryDraft, draftDirectory } from '../directory/draft-directory.ts';
import { readDirectoryRows } from '../directory/read-directory.ts';
import { STORE_TIMEOUT_MS, storeDraft } from '../directory/store-draft.ts';
import { type DirectoryLines, storeLines } from '../directory/store-lines.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { directoryKeyPlace } from './connect-phone-system.ts';
import type { PhoneSystemAccess } from './list-items.ts';
import { readPhoneSystem } from './read-phone-system.ts';

export interface SyncDeps {
  db: Db;
  clock: Clock;
  secrets: SecretBox;
  /** Waits between tries; tests do not. */
  wait?: PhoneSystemAccess['wait'];
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
 * out, as they belong to another person by now. Returns what changed.
 *
 * Throws RefillError `directory-not-connected`, `directory-would-empty` (more than half of the people or numbers that
 * came from the phone system would go, and it was not forced), and those of `listItems`.
 */
export async function syncDirectory(deps: SyncDeps, order: SyncOrder): Promise<DirectoryChange[]> {
  const { companyId } = order;
  const source = await deps.db.directorySource.findUnique({ where: { companyId } });
  if (source === null)
    throw new RefillError(
      'directory-not-connected',
      `The phone system of company ${companyId} is not connected. See: refill directory connect --help`,
    );
  const lines = await readPhoneSystem({
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
      const changes = bringUpToDate(draft, lines, order.force === true);
      if (order.dryRun === true) return changes;
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
      return changes;
    },
    { timeoutMs: STORE_TIMEOUT_MS },
  );
}

/** How many were added, changed and are gone. */
export function countChanges(changes: readonly DirectoryChange[]) {
  const count = (change: DirectoryChange['change']): number =>
    changes.filter((each) => each.change === change).length;
  return { added: count('added'), changed: count('changed'), gone: count('gone') };
}

function bringUpToDate(draft: DirectoryDraft, lines: DirectoryLines, isForced: boolean): DirectoryChange[] {
  const [fault] = storeLines(draft, lines);
  if (fault !== undefined)
    throw new RefillError('phone-system-unreadable', `The phone system’s ${fault.file}: ${fault.message}.`);
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
  return diffDirectory(draft, new Set(lost.map(({ data }) => data.number)));
}

function namesOf(
  changes: readonly DirectoryChange[],
  what: DirectoryChange['what'],
  change: DirectoryChange['change'],
): string[] {
  return changes.filter((each) => each.what === what && each.change === change).map(({ name }) => name);
}
