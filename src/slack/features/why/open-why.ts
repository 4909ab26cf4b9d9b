import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { readReceiptNumbers } from '../../../billing/index.ts';
import { addDays, dayOf, daysPeriod, type Period, startOfDay } from '../../../calendar.ts';
import {
  explainBalance,
  explainByDay,
  readBalance,
  readBalanceSeries,
  type WalletBalance,
} from '../../../ledger/index.ts';
import type { Money } from '../../../money.ts';
import { decodeScope, isSameScope, type Person, type Scope } from '../../../org/index.ts';
import { readPeriod } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { generalCopy } from '../../copy/index.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal } from '../../kit/refusal.ts';
import { LINK_IDS } from '../../links.ts';
import { visibleWallets } from '../../screens/visible-wallets.ts';
import { decodeWhy, encodeWhy, WHY_PERIODS, type WhyPeriod, type WhyState } from './why-state.ts';
import { daysView, dayView, scopeOptions, type WhyShown, whyText } from './why-views.ts';

const LINES_A_PAGE = 30;
const ENTRIES_A_PAGE = 40;

/** Opens the modal that says why the balance is what it is (R28), for who may see money. */
export async function openWhy(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  triggerId: string,
): Promise<void> {
  const modal = {
    id: LINK_IDS.whyShow,
    who,
    triggerId,
    loading: whyText(null),
    textModal: whyText,
  };
  await openModal(ctx, client, modal, draw(ctx, who, null));
}

export async function showWhy(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  await openWhy(ctx, client, who, body.trigger_id);
}

/** Another page, a day's entries, or back: the button carries what to show. */
export async function turnWhy(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const state = decodeWhy(click.value);
  if (state === null) throw new Refusal(generalCopy.outdated);
  await update(ctx, client, click, state);
}

/** Another period, of the same credits. */
export async function chooseWhyPeriod(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const state = decodeWhy(click.token);
  const period = WHY_PERIODS.find((one) => one === click.selected);
  if (state === null || period === undefined) throw new Refusal(generalCopy.outdated);
  await update(ctx, client, click, { scope: state.scope, period, page: { of: 'days', after: null } });
}

/** Other credits, in the same period. */
export async function chooseWhyScope(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const state = decodeWhy(click.token);
  const scope = decodeScope(click.selected ?? '');
  if (state === null || scope === null) throw new Refusal(generalCopy.outdated);
  await update(ctx, client, click, { scope, period: state.period, page: { of: 'days', after: null } });
}

/** The credits of a modal that offers more than Slack takes in one list. */
export const suggestWhyScopes: Suggest = async (ctx, { who }) => {
  const person = await requireRight(ctx, who, 'see_money');
  const balance = await readBalance(ctx.db, person.company.id, ctx.clock.now());
  return scopeOptions({ person, scopes: visibleWallets(balance, person).map(scopeOf) });
};

async function update(
  ctx: SlackContext,
  client: WebClient,
  click: ViewClick,
  state: WhyState,
): Promise<void> {
  const view = await draw(ctx, click.who, state);
  await client.views.update({ view_id: click.viewId, view });
}

/** Rights are asked for at every click, and whose credits they are is looked up among what this person sees. */
async function draw(ctx: SlackContext, who: Who, asked: WhyState | null): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'see_money');
  const { timeZone } = person.company;
  const balance = await readBalance(ctx.db, person.company.id, ctx.clock.now());
  const wallets = visibleWallets(balance, person);
  const wallet = asked === null ? wallets[0] : wallets.find((one) => isSameScope(scopeOf(one), asked.scope));
  if (wallet === undefined) throw new Refusal(generalCopy.outdated);
  const state: WhyState = asked ?? {
    scope: scopeOf(wallet),
    period: 'week',
    page: { of: 'days', after: null },
  };
  const shown: WhyShown = {
    state,
    person,
    scopes: wallets.map(scopeOf),
    pooled: balance.pooled,
    now: balance.at,
    token: encodeWhy(state),
  };
  const question = { companyId: person.company.id, walletId: wallet.walletId };
  if (state.page.of === 'day') {
    const bounds = periodOrRefuse(daysPeriod(state.page.day, state.page.day, timeZone));
    const after = state.page.after === null ? {} : { after: state.page.after };
    const found = await explainBalance(ctx.db, { ...question, ...bounds, ...after, limit: ENTRIES_A_PAGE });
    if (found === null) throw new Refusal(generalCopy.outdated);
    const references = found.entries.flatMap(({ source, reference }) =>
      source === 'purchase' ? [reference] : [],
    );
    return dayView(found, shown, await readReceiptNumbers(ctx.db, person.company.id, references));
  }
  const bounds = periodOrRefuse(periodOf(state.period, person, balance.at));
  const after = state.page.after === null ? {} : { after: state.page.after };
  const found = await explainByDay(ctx.db, {
    ...question,
    ...bounds,
    ...after,
    timeZone,
    limit: LINES_A_PAGE,
  });
  if (found === null) throw new Refusal(generalCopy.outdated);
  const series = await readSeries(ctx, question, { ...bounds, now: balance.at, timeZone });
  return daysView(found, { ...shown, bounds, series });
}

/** What the wallet had at the end of each day of the period so far. */
async function readSeries(
  ctx: SlackContext,
  { companyId, walletId }: { companyId: bigint; walletId: bigint },
  { from, to, now, timeZone }: Period & { now: Date; timeZone: string },
): Promise<Money[]> {
  const end = to < now ? to : now;
  const ends: Date[] = [];
  for (let day = dayOf(from, timeZone); ; day = addDays(day, 1)) {
    const next = startOfDay(addDays(day, 1), timeZone);
    if (next === null || next >= end) break;
    ends.push(new Date(next.getTime() - 1));
  }
  const points = await readBalanceSeries(ctx.db, companyId, [...ends, new Date(end.getTime() - 1)]);
  return points.filter((point) => point.walletId === walletId).map(({ forCalls }) => forCalls);
}

const scopeOf = ({ officeId }: WalletBalance): Scope =>
  officeId === null ? { kind: 'company' } : { kind: 'office', officeId };

const TYPED: Partial<Record<WhyPeriod, string>> = {
  today: 'today',
  month: 'this month',
  'last-month': 'last month',
};

function periodOf(period: WhyPeriod, person: Person, now: Date): Period | null {
  const { timeZone } = person.company;
  const typed = TYPED[period];
  if (typed !== undefined) return readPeriod(typed, timeZone, now);
  const today = dayOf(now, timeZone);
  return daysPeriod(addDays(today, -6), today, timeZone);
}

function periodOrRefuse(period: Period | null): Period {
  if (period === null) throw new Refusal(generalCopy.outdated);
  return period;
}
