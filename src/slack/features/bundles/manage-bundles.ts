import type { BlockAction } from '@slack/bolt';
import type { KnownBlock, PlainTextOption } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  type BundleOffer,
  cancelSubscription,
  keepSubscription,
  listBundles,
  readSubscriptions,
  resumeSubscription,
  type SubscriptionFacts,
} from '../../../billing/index.ts';
import { encodeScope, type Person } from '../../../org/index.ts';
import { newToken } from '../../../token.ts';
import { requireRight } from '../../access/require-person.ts';
import { bundleCopy as copy } from '../../copy/index.ts';
import { isShownToOne, type MessageClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { option } from '../../kit/form-fields.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';
import { replaceClicked, replyPrivately } from '../../kit/reply.ts';
import { readShown } from '../../kit/shown-charge.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { bundleBlocks, bundleForm, offerOptions } from './bundle-views.ts';
import { rememberList } from './list-addresses.ts';

/** The company's bundles, with what can be done with each. */
export async function renderBundles(
  ctx: SlackContext,
  who: Who,
): Promise<{ text: string; blocks: KnownBlock[] }> {
  const person = await requireRight(ctx, who, 'manage_bundles');
  const [subscriptions, offers] = await Promise.all([readSubscriptions(ctx.db, person), listBundles(ctx.db)]);
  return {
    text: copy.title,
    blocks: bundleBlocks(subscriptions, offers.length > 0, viewerOf(ctx, person)),
  };
}

export async function showBundles(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  await replyPrivately(client, body, await renderBundles(ctx, who));
}

/** Opens the modal in which a bundle is chosen. */
export async function openBundleForm(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'manage_bundles');
  const offers = await listBundles(ctx.db);
  if (offers.length === 0) throw new Refusal(copy.noneOffered);
  const token = newToken();
  if (isShownToOne(body) && body.response_url !== undefined) rememberList(token, body.response_url);
  await client.views.open({
    trigger_id: body.trigger_id,
    view: bundleForm(`buy.${token}`, offers, scopeOptions(person), false),
  });
}

/** Opens the modal in which another bundle is chosen for the periods to come. */
export async function openChangeForm(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'manage_bundles');
  const token = readActionValue(body);
  const present = (await readSubscriptions(ctx.db, person)).find((one) => one.token === token);
  if (present === undefined) throw new Refusal(copy.gone);
  const offers = await listOtherBundles(ctx, present);
  if (offers.length === 0) throw new Refusal(copy.noOther(present.name));
  await client.views.open({
    trigger_id: body.trigger_id,
    view: bundleForm(`change.${token}`, offers, [], true),
  });
}

/** The bundles that another can be changed to: what it is already only where it would become another. */
async function listOtherBundles(ctx: SlackContext, present: SubscriptionFacts): Promise<BundleOffer[]> {
  const offers = await listBundles(ctx.db);
  return offers.filter(
    ({ kind, name }) => kind === present.kind && (present.nextName !== null || name !== present.name),
  );
}

/** Where a bundle can go: each office, and the shared credits where there are some. */
function scopeOptions(person: Person): PlainTextOption[] {
  const offices = person.offices.map(({ id, name }) =>
    option(name, encodeScope({ kind: 'office', officeId: id })),
  );
  return person.company.pooled
    ? [option(person.company.name, encodeScope({ kind: 'company' })), ...offices]
    : offices;
}

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestBundleScopes: Suggest = async (ctx, { who }) =>
  scopeOptions(await requireRight(ctx, who, 'manage_bundles'));

/** The same of bundles; in the form that changes one, those it can be changed to. */
export const suggestBundles: Suggest = async (ctx, { who, token: metadata }) => {
  const person = await requireRight(ctx, who, 'manage_bundles');
  const [mode, token] = metadata.split('.');
  if (mode !== 'change') return offerOptions(await listBundles(ctx.db));
  const present = (await readSubscriptions(ctx.db, person)).find((one) => one.token === token);
  return present === undefined ? [] : offerOptions(await listOtherBundles(ctx, present));
};

type Act = (billing: SlackContext['billing'], person: Person, clicked: string) => Promise<void>;
/** A click that changes a bundle: done, said, and the list as it is now. */
function click(act: Act, said: string): MessageClick {
  return async (ctx, client, who, body) => {
    const person = await requireRight(ctx, who, 'manage_bundles');
    await orRefuse('bundle', () => act(ctx.billing, person, readActionValue(body)));
    const drawn = await renderBundles(ctx, who);
    await (isShownToOne(body) ? replaceClicked(client, body, drawn) : replyPrivately(client, body, drawn));
    await replyPrivately(client, body, { text: said });
  };
}

export const cancelBundle = click(cancelSubscription, copy.canceled);
export const keepBundle = click(keepSubscription, copy.kept);
export const resumeBundle = click(
  (billing, person, clicked) => resumeSubscription(billing, person, readShown(clicked)),
  copy.resumed,
);
