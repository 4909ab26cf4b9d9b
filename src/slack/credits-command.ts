import type { SlackCommandMiddlewareArgs } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { parseDollars } from '../money.ts';
import { canSeeUsage } from '../org/index.ts';
import { linkWorkspace } from './access/link.ts';
import { Refusal, requireBuyer, requireMoneyReader, requirePerson } from './access/require-person.ts';
import { drawBalance } from './balance/show-balance.ts';
import { escapeText, shorten } from './blocks/build.ts';
import { drawBundles } from './bundles/actions.ts';
import { drawCards } from './card/actions.ts';
import type { SlackContext, Who } from './context.ts';
import { openExport } from './export/open-export.ts';
import { guard } from './guard.ts';
import { helpFor } from './help/help-for.ts';
import { suggest } from './help/suggest.ts';
import { IDS } from './ids.ts';
import { drawInvoices } from './invoices/list-invoices.ts';
import { openPeople } from './people/actions.ts';
import { openPurchase } from './purchase/open-purchase.ts';
import { describeFault } from './purchase/read-form.ts';
import { openRecharge } from './recharge/actions.ts';
import { requestByCommand } from './request/actions.ts';
import { openSettings } from './settings/open-settings.ts';
import { readTypedText, splitCommand, type TypedText } from './typed-text.ts';
import { showOwnUsage } from './usage/show-own-usage.ts';
import { showUsage } from './usage/show-usage.ts';
import { openWhy } from './why/actions.ts';
import { generalWords, purchaseWords } from './words/en.ts';

/** What the asker alone sees. */
interface Answer {
  response_type: 'ephemeral';
  text: string;
  blocks?: KnownBlock[];
}

type CommandArgs = Pick<SlackCommandMiddlewareArgs, 'ack' | 'command' | 'respond'> & { client: WebClient };

/** `/credits …`: acknowledged at once, answered to the asker alone. */
export async function onCredits(
  ctx: SlackContext,
  { ack, command, respond: respondByUrl, client }: CommandArgs,
): Promise<void> {
  await ack();
  const who = { teamId: command.team_id, userId: command.user_id };
  const { subcommand: word, rest } = splitCommand(readTypedText(command.text));
  const argument = rest.plain;
  // Bolt offers no `respond` for a command without its address; the asker is answered directly then.
  const respond = (message: Answer): Promise<unknown> => {
    const { response_type: _, ...content } = message;
    return (command.response_url ?? '') === ''
      ? client.chat.postMessage({ channel: who.userId, ...content })
      : respondByUrl(message);
  };
  const say = (text: string, blocks?: KnownBlock[]): Promise<unknown> =>
    respond({ response_type: 'ephemeral', text, ...(blocks === undefined ? {} : { blocks }) });
  await guard(
    ctx,
    { id: IDS.command, who },
    async () => {
      switch (word.toLowerCase()) {
        case '':
        case 'balance': {
          const person = await requireMoneyReader(ctx, who);
          await respond({ response_type: 'ephemeral', ...(await drawBalance(ctx, person)) });
          return;
        }
        case 'add':
          return await add(ctx, client, who, { typed: argument, triggerId: command.trigger_id });
        case 'card':
        case 'cards':
          await respond({ response_type: 'ephemeral', ...(await drawCards(ctx, who)) });
          return;
        case 'auto-recharge':
        case 'autorecharge':
        case 'recharge':
          return await autoRecharge(ctx, client, who, { typed: argument, triggerId: command.trigger_id });
        case 'request': {
          const start = { typed: argument, triggerId: command.trigger_id };
          const said = await requestByCommand(ctx, client, who, start);
          if (said !== null) await say(said);
          return;
        }
        case 'usage':
          return await usage(ctx, who, { typed: rest, replyUrl: command.response_url });
        case 'why':
          return await openWhy(ctx, client, who, command.trigger_id);
        case 'bundle':
        case 'bundles':
          await respond({ response_type: 'ephemeral', ...(await drawBundles(ctx, who)) });
          return;
        case 'invoice':
        case 'invoices':
          await respond({ response_type: 'ephemeral', ...(await drawInvoices(ctx, who, argument)) });
          return;
        case 'export':
          return await openExport(ctx, client, who, {
            triggerId: command.trigger_id,
            channel: { id: command.channel_id, name: command.channel_name },
            fill: { typed: argument },
          });
        case 'people':
        case 'roles':
          return await openPeople(ctx, client, who, command.trigger_id);
        case 'settings':
          return await openSettings(ctx, client, who, command.trigger_id);
        case 'link':
          await say(await linkWorkspace(ctx, who, argument));
          return;
        case 'help':
          await say(await helpFor(ctx, who));
          return;
        default:
          throw new Refusal(generalWords.unknownCommand(quote(word), suggest(word)));
      }
    },
    say,
  );
}

async function add(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  { typed, triggerId }: { typed: string; triggerId: string },
): Promise<void> {
  const start = { triggerId, replyUrl: null };
  if (typed === '') return await openPurchase(ctx, client, who, { ...start, amount: null });
  const read = parseDollars(typed);
  if (!('fault' in read)) return await openPurchase(ctx, client, who, { ...start, amount: read.amount });
  await requireBuyer(ctx, who);
  throw new Refusal(purchaseWords.badTyped(quote(typed), describeFault(read.fault)));
}

/** Usage with its cost for those who may see it; a member's own records without. */
async function usage(
  ctx: SlackContext,
  who: Who,
  asked: { typed: TypedText; replyUrl: string },
): Promise<void> {
  const person = await requirePerson(ctx, who);
  if (canSeeUsage(person)) await showUsage(ctx, who, asked);
  else await showOwnUsage(ctx, person, { ...asked, typed: asked.typed.plain });
}

async function autoRecharge(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  { typed, triggerId }: { typed: string; triggerId: string },
): Promise<void> {
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
