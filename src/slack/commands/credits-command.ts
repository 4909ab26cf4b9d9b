import type { SlackCommandMiddlewareArgs } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { parseDollars } from '../../money.ts';
import { canSeeUsage } from '../../org/index.ts';
import { linkWorkspace } from '../features/link/link-workspace.ts';
import { Refusal, requireBuyer, requireMoneyReader, requirePerson } from '../access/require-person.ts';
import { drawBalance } from '../screens/render-balance.ts';
import { escapeText, shorten } from '../kit/blocks.ts';
import { drawBundles } from '../features/bundles/manage-bundles.ts';
import { drawCards } from '../features/cards/manage-cards.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { openExport } from '../features/export/open-export.ts';
import { guard } from '../kit/guard.ts';
import { helpFor } from './list-commands.ts';
import { suggest } from './suggest-command.ts';
import { IDS } from '../ids.ts';
import { drawInvoices } from '../features/invoices/list-invoices.ts';
import { openPeople } from '../features/people/open-people.ts';
import { openPurchase } from '../features/purchase/open-purchase.ts';
import { describeFault } from '../features/purchase/read-purchase-form.ts';
import { openRecharge } from '../features/recharge/open-recharge.ts';
import { type Message, replyPrivately, sayTo } from '../kit/reply.ts';
import { requestByCommand } from '../features/requests/request-credits.ts';
import { openSettings } from '../features/settings/open-settings.ts';
import { readTypedText, splitCommand, type TypedText } from '../kit/typed-text.ts';
import { showOwnUsage } from '../features/usage/show-own-usage.ts';
import { showUsage } from '../features/usage/show-usage.ts';
import { openWhy } from '../features/why/open-why.ts';
import { generalWords, purchaseWords } from '../copy/index.ts';

type CommandArgs = Pick<SlackCommandMiddlewareArgs, 'ack' | 'command'> & { client: WebClient };

/** A command as it was typed, and by whom. */
interface Typed {
  client: WebClient;
  who: Who;
  /** What stands after the subcommand. */
  rest: TypedText;
  triggerId: string;
  channel: { id: string; name: string };
  replyUrl: string;
}

/** Answers a subcommand: with what to say to the asker alone; null: it was said, or a window opened. */
type Subcommand = (ctx: SlackContext, typed: Typed) => Promise<Message | null>;

/** Runs what answers by itself. */
const silently =
  (work: (ctx: SlackContext, typed: Typed) => Promise<void>): Subcommand =>
  async (ctx, typed) => {
    await work(ctx, typed);
    return null;
  };

const balance: Subcommand = async (ctx, { who }) =>
  await drawBalance(ctx, await requireMoneyReader(ctx, who));
const cards: Subcommand = (ctx, { who }) => drawCards(ctx, who);
const bundles: Subcommand = (ctx, { who }) => drawBundles(ctx, who);
const invoices: Subcommand = (ctx, { who, rest }) => drawInvoices(ctx, who, rest.plain);
const recharge = silently(autoRecharge);
const people = silently((ctx, { client, who, triggerId }) => openPeople(ctx, client, who, triggerId));

/** Every word that may follow `/credits`, also those that people type for others. */
export const subcommands: Readonly<Record<string, Subcommand>> = {
  '': balance,
  balance,
  add: silently(add),
  card: cards,
  cards,
  'auto-recharge': recharge,
  autorecharge: recharge,
  recharge,
  async request(ctx, { client, who, rest, triggerId }) {
    const said = await requestByCommand(ctx, client, who, { typed: rest.plain, triggerId });
    return said === null ? null : { text: said };
  },
  usage: silently(usage),
  why: silently((ctx, { client, who, triggerId }) => openWhy(ctx, client, who, triggerId)),
  bundle: bundles,
  bundles,
  invoice: invoices,
  invoices,
  export: silently((ctx, { client, who, triggerId, channel, rest }) =>
    openExport(ctx, client, who, { triggerId, channel, fill: { typed: rest.plain } }),
  ),
  people,
  roles: people,
  settings: silently((ctx, { client, who, triggerId }) => openSettings(ctx, client, who, triggerId)),
  link: async (ctx, { who, rest }) => ({ text: await linkWorkspace(ctx, who, rest.plain) }),
  help: async (ctx, { who }) => ({ text: await helpFor(ctx, who) }),
};

/** `/credits …`: acknowledged at once, answered to the asker alone. */
export async function onCredits(ctx: SlackContext, { ack, command, client }: CommandArgs): Promise<void> {
  await ack();
  const who = { teamId: command.team_id, userId: command.user_id };
  const { subcommand: word, rest } = splitCommand(readTypedText(command.text));
  const asker = { user: { id: who.userId }, response_url: command.response_url };
  const typed: Typed = {
    client,
    who,
    rest,
    triggerId: command.trigger_id,
    channel: { id: command.channel_id, name: command.channel_name },
    replyUrl: command.response_url,
  };
  const work = async (): Promise<void> => {
    const name = word.toLowerCase();
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    if (subcommand === undefined) throw new Refusal(generalWords.unknownCommand(quote(word), suggest(word)));
    const answer = await subcommand(ctx, typed);
    if (answer !== null) await replyPrivately(client, asker, answer);
  };
  await guard(ctx, { id: IDS.command, who }, work, sayTo(client, asker));
}

async function add(ctx: SlackContext, { client, who, rest, triggerId }: Typed): Promise<void> {
  const typed = rest.plain;
  const start = { triggerId, replyUrl: null };
  if (typed === '') return await openPurchase(ctx, client, who, { ...start, amount: null });
  const read = parseDollars(typed);
  if (!('fault' in read)) return await openPurchase(ctx, client, who, { ...start, amount: read.amount });
  await requireBuyer(ctx, who);
  throw new Refusal(purchaseWords.badTyped(quote(typed), describeFault(read.fault)));
}

/** Usage with its cost for those who may see it; a member's own records without. */
async function usage(ctx: SlackContext, { who, rest, replyUrl }: Typed): Promise<void> {
  const person = await requirePerson(ctx, who);
  if (canSeeUsage(person)) await showUsage(ctx, who, { typed: rest, replyUrl });
  else await showOwnUsage(ctx, person, { typed: rest.plain, replyUrl });
}

async function autoRecharge(ctx: SlackContext, { client, who, rest, triggerId }: Typed): Promise<void> {
  const typed = rest.plain;
  const word = typed.toLowerCase();
  const isOn = word === 'on' ? true : word === 'off' ? false : undefined;
  if (isOn === undefined && word !== '')
    throw new Refusal(generalWords.unknownCommand(quote(`auto-recharge ${typed}`), 'auto-recharge'));
  await openRecharge(ctx, client, who, { triggerId, ...(isOn === undefined ? {} : { isOn }) });
}

/** What somebody typed, short and harmless enough to be said back. */
function quote(typed: string): string {
  return escapeText(shorten(typed, 40).replaceAll('`', '’'));
}
