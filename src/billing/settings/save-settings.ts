import { digestPeriod, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { setWatch, wakeWatch } from '../../ledger/index.ts';
import { dollars, toMicros } from '../../money.ts';
import { postNotice, resendFailed } from '../../notices/index.ts';
import { actorOf, findPerson, lockForPerson, type Person, userOf } from '../../org/index.ts';
import { askForChange, supersedeQuestion } from '../approvals/ask-approval.ts';
import type { BillingDeps } from '../deps.ts';
import { createDraft, type Draft, deleteDraft, findDraft, updateDraft } from '../drafts/drafts.ts';
import { changeDetails } from './change-details.ts';
import { isLooser } from './change-limit.ts';
import {
  compareSettings,
  judgeChanges,
  type SettingChange,
  type SettingFault,
  wantedChanges,
} from './judge-settings.ts';
import { APPROVAL_LIMIT_SUBJECT_KEY } from './limit-approvable.ts';
import { parseSettings, readSettings, type Setting } from './read-settings.ts';
import { recordChange } from './record-change.ts';
import { scheduleDigest } from './schedule-digest.ts';

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

/** Settings as a window shows them; the token is all that it carries. */
export interface SettingsDraft {
  token: string;
  settings: Setting[];
}

export type SettingsOutcome =
  /** What is in force now, and what a second admin was asked about; nothing where nothing was changed. */
  | { outcome: 'saved'; changes: SettingChange[]; asked: SettingChange | null; person: Person }
  /** Nothing was saved: these were changed, by whom if it is known, since the window was drawn. */
  | { outcome: 'stale'; draft: SettingsDraft; meanwhile: SettingChange[]; byUserId: string | null }
  | { outcome: 'faults'; faults: SettingFault[]; draft: SettingsDraft };

/** What this person may set, with a token to save it by. Throws RefillError `not-allowed` where that is nothing. */
export async function openSettings(deps: Deps, person: Person): Promise<SettingsDraft> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const settings = await readSettings(tx, person, at);
    if (settings.length === 0) throw new RefillError('not-allowed', 'Only admins change settings.');
    return { token: await createDraft(tx, ownerOf(person), toJson(settings), at), settings };
  });
}

/** The settings that an opened window shows. Throws RefillError `settings-unknown`. */
export async function findSettingsDraft(deps: Deps, person: Person, token: string): Promise<SettingsDraft> {
  const { data } = await requireDraft(deps.db, person, token, deps.clock.now());
  return { token, settings: parseSettings(data) };
}

/**
 * What saving would come to, changing nothing: so that a channel can be tried before it is chosen. Throws RefillError
 * `settings-unknown`.
 */
export async function reviewSettings(
  deps: Deps,
  person: Person,
  token: string,
  wanted: ReadonlyMap<string, string | null>,
): Promise<SettingChange[]> {
  const { settings } = await findSettingsDraft(deps, person, token);
  const changes = wantedChanges(settings, wanted);
  const faults = await judgeChanges(deps.db, person, changes);
  return faults.length > 0 ? [] : changes;
}

/**
 * Saves what differs from what the window showed, all or nothing, by key; kept in the audit and said once in the
 * channel (R27, R28). Whoever saved in between is not overwritten: nothing is saved then, and the same token goes on
 * with how things are. A looser approval limit is asked of a second admin (R9). Throws RefillError `settings-unknown`
 * (saved already, forged, or too old), `not-allowed`, `no-approver`, `company-suspended`. Applies R28.2.
 */
export async function saveSettings(
  deps: Deps,
  requester: Person,
  token: string,
  wanted: ReadonlyMap<string, string | null>,
): Promise<SettingsOutcome> {
  const at = deps.clock.now();
  const { teamId, userId, company } = requester;
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, requester);
    const draft = await requireDraft(tx, person, token, at);
    const shown = parseSettings(draft.data);
    const now = await readSettings(tx, person, at);
    const meanwhile = compareSettings(shown, now);
    if (meanwhile.length > 0) {
      await updateDraft(tx, draft, toJson(now), at);
      const byUserId = await findLastChanger(tx, company.id, draft.createdAt);
      return { outcome: 'stale', draft: { token, settings: now }, meanwhile, byUserId };
    }
    const changes = wantedChanges(shown, wanted);
    const faults = await judgeChanges(tx, person, changes);
    if (faults.length > 0) return { outcome: 'faults', faults, draft: { token, settings: now } };
    await deleteDraft(tx, draft);
    const asked = changes.find((change) => isToBeAsked(person, change)) ?? null;
    const made = changes.filter((change) => change !== asked);
    if (made.length > 0) await makeChanges(tx, person, made, at);
    const after = (await findPerson(tx, { teamId, userId })) ?? person;
    if (asked !== null) await askForLimit(tx, after, asked, at);
    return { outcome: 'saved', changes: made, asked, person: after };
  });
}

function isToBeAsked({ company }: Person, { field, to }: SettingChange): boolean {
  return field === 'approval_limit' && isLooser(company.approvalLimits.own, to === null ? null : dollars(to));
}

async function askForLimit(tx: Tx, person: Person, asked: SettingChange, at: Date): Promise<void> {
  const change = { kind: 'limit' as const, to: asked.to, amount: asked.value ?? '' };
  const askedBy = actorOf(person);
  await askForChange(tx, person.company, { change, askedBy }, at);
}

async function makeChanges(
  tx: Tx,
  person: Person,
  changes: readonly SettingChange[],
  at: Date,
): Promise<void> {
  const { company, userId } = person;
  const details = Object.fromEntries(
    changes.map(({ field, walletId, value, to }) => [
      walletId === null ? field : `${field} ${walletId}`,
      `${value ?? 'none'} → ${to ?? 'none'}`,
    ]),
  );
  await recordChange(tx, person, details, at);
  const say = () =>
    postNotice(tx, {
      companyId: company.id,
      dedupeKey: `settings:${userId}:${at.toISOString()}`,
      at,
      facts: {
        kind: 'settings',
        byUserId: userId,
        changes: changes.map(({ field, scopeLabel, value, to }) => ({ field, scopeLabel, from: value, to })),
      },
    });
  // Those who read the channel so far hear that it is another; where there was none, the new one does.
  const told = await say();
  for (const change of changes) await makeChange(tx, person, change, at);
  await changeDetails(tx, company.id, changes, at);
  if (changes.some(({ field }) => field.startsWith('channel_'))) await resendFailed(tx, company.id, at);
  if (told === null) await say();
}

async function makeChange(
  tx: Tx,
  person: Person,
  { field, walletId, to }: SettingChange,
  at: Date,
): Promise<void> {
  const companyId = person.company.id;
  const ofCompany = (data: Parameters<Tx['company']['update']>[0]['data']) =>
    tx.company.update({ where: { id: companyId }, data });
  switch (field) {
    case 'time_zone':
      await ofCompany({ timeZone: to ?? '' });
      return;
    case 'billing_day':
      await ofCompany({ billingDay: Number(to) });
      return;
    case 'digest':
      await scheduleDigest(tx, person.company, digestPeriod.nullable().parse(to), at);
      return;
    case 'approval_limit':
      await ofCompany({ approvalLimitMicros: to === null ? null : toMicros(dollars(to)) });
      await supersedeQuestion(tx, person.company, APPROVAL_LIMIT_SUBJECT_KEY, at);
      return;
    case 'alert_calls':
    case 'alert_ai':
      await setAlert(tx, { companyId, walletId: BigInt(walletId ?? '') }, field, to);
      return;
    // Made together, in one row.
    case 'legal_name':
    case 'billing_address':
    case 'po_number':
      return;
    default:
      await setChannel(tx, person, field.slice('channel_'.length), to);
  }
}

async function setAlert(
  tx: Tx,
  wallet: { companyId: bigint; walletId: bigint },
  field: 'alert_calls' | 'alert_ai',
  to: string | null,
): Promise<void> {
  const watched = field === 'alert_ai' ? 'ai' : 'calls';
  await setWatch(tx, { ...wallet, [watched]: to === null ? null : dollars(to) });
  // What was low by the level before may not be by this one, and is then told anew when it is.
  await wakeWatch(tx, { ...wallet, class: watched });
}

async function setChannel(
  tx: Tx,
  { company, teamId }: Person,
  kind: string,
  channelId: string | null,
): Promise<void> {
  const key = { companyId: company.id, kind };
  if (channelId === null) {
    await tx.noticeChannel.deleteMany({ where: key });
    return;
  }
  await tx.noticeChannel.upsert({
    where: { companyId_kind: key },
    create: { ...key, teamId, channelId },
    update: { teamId, channelId },
  });
}

async function findLastChanger(tx: Tx, companyId: bigint, since: Date): Promise<string | null> {
  const last = await tx.audit.findFirst({
    where: { companyId, action: 'settings-changed', at: { gte: since } },
    orderBy: { id: 'desc' },
  });
  return userOf(last?.actor ?? null);
}

const ownerOf = (person: Person) =>
  ({ kind: 'settings', companyId: person.company.id, actor: actorOf(person) }) as const;

async function requireDraft(db: Pick<Tx, 'draft'>, person: Person, token: string, at: Date): Promise<Draft> {
  const draft = await findDraft(db, ownerOf(person), token, at);
  if (draft === null) throw new RefillError('settings-unknown', 'That window is not known any more.');
  return draft;
}

/** As JSON takes it. */
function toJson(settings: readonly Setting[]): { [key: string]: string | null }[] {
  return settings.map((setting) => ({ ...setting }));
}
