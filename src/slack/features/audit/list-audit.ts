import type { BlockAction } from '@slack/bolt';
import { type Person, readAuditNames, readAuditPage } from '../../../org/index.ts';
import { readPeriod } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { auditCopy as copy, generalCopy } from '../../copy/index.ts';
import {
  type MessageClick,
  readActionId,
  readActionValue,
  readBlockId,
  readSelected,
  readSelectedUser,
} from '../../kit/click.ts';
import type { Subcommand } from '../../kit/command.ts';
import type { SlackContext } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { type Message, replaceClicked, replyPrivately } from '../../kit/reply.ts';
import type { TypedText } from '../../kit/typed-text.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { AUDIT_ENTRIES_PER_PAGE, auditBlocks } from './audit-blocks.ts';
import { readAreaOption, readPeriodOption } from './audit-filters.ts';
import { type AuditState, decodeAudit, filterOf, UNFILTERED_AUDIT } from './audit-state.ts';
import { IDS } from './ids.ts';

/** `/credits audit [@person] [topic] [period]`. Applies R28.7. */
export const runAudit: Subcommand['run'] = async (ctx, { who, rest }) => {
  const person = await requireRight(ctx, who, 'see_audit');
  return await renderPage(ctx, person, readTyped(rest, person, ctx.clock.now()));
};

/** [Audit], from the Home tab. */
export const showAudit: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_audit');
  await replyPrivately(client, body, await renderPage(ctx, person, UNFILTERED_AUDIT));
};

/** [Newest], [Newer], [Older], [Everyone]: another page where this one stood. */
export const turnAudit: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_audit');
  const state = decodeAudit(readActionValue(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  await replaceClicked(client, body, await renderPage(ctx, person, state));
};

/** A topic, a period or a person chosen above the list: the newest page of that alone. */
export const chooseAudit: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_audit');
  const state = decodeAudit(readBlockId(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  await replaceClicked(
    client,
    body,
    await renderPage(ctx, person, { ...narrow(state, body), first: null, skipped: 0 }),
  );
};

function narrow(state: AuditState, body: BlockAction): AuditState {
  switch (readActionId(body)) {
    case IDS.action.auditPerson:
      return { ...state, userId: readSelectedUser(body) };
    case IDS.action.auditArea:
      return { ...state, area: readAreaOption(readSelected(body)) };
    default:
      return { ...state, period: readPeriodOption(readSelected(body)) };
  }
}

/** A person, then a topic, then a period, each of which may be left out. Throws a Refusal for anything else. */
function readTyped({ userIds, withoutPeople }: TypedText, person: Person, now: Date): AuditState {
  const state = { ...UNFILTERED_AUDIT, userId: userIds[0] ?? null };
  const typed = withoutPeople.trim().replace(/\s+/g, ' ');
  if (typed === '') return state;
  const words = typed.split(' ');
  for (let length = words.length; length >= 0; length -= 1) {
    const area = length === 0 ? null : copy.areaOf(words.slice(0, length).join(' '));
    if (length > 0 && area === null) continue;
    const rest = words.slice(length).join(' ');
    const period = rest === '' ? null : readPeriod(rest, person.company.timeZone, now);
    if (rest === '' || period !== null) return { ...state, area, period };
  }
  throw new Refusal(copy.unknown(typed));
}

async function renderPage(ctx: SlackContext, person: Person, state: AuditState): Promise<Message> {
  const { company } = person;
  const filter = filterOf(company.id, state);
  const page = await readAuditPage(ctx.db, filter, { ...state, limit: AUDIT_ENTRIES_PER_PAGE });
  const names = await readAuditNames(ctx.db, company.id);
  return { text: copy.header, blocks: auditBlocks(page, names, state, viewerOf(ctx, person)) };
}
