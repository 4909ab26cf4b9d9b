/** What needs someone, the most urgent first, each with its button. Pure. */

import type { KnownBlock, SectionBlock } from '@slack/types';
import type { CardFacts, RechargeFacts } from '../../../billing/index.ts';
import { dayOf } from '../../../calendar.ts';
import { floorToCents } from '../../../money.ts';
import { encodeScope, type Person } from '../../../org/index.ts';
import {
  approvalCopy,
  balanceCopy,
  cardCopy,
  homeCopy as copy,
  limitCopy,
  rechargeCopy,
  requestCopy,
} from '../../copy/index.ts';
import { button, buttons, quiet, section } from '../../kit/blocks.ts';
import { LINK_IDS } from '../../links.ts';
import { holds } from '../../rights.ts';
import { overdrawnBlocks, resumeLabel } from '../balance-blocks.ts';
import { nameOf } from '../balance-lines.ts';
import type { BalanceFacts } from '../read-balance-facts.ts';
import { figuresOf, scopeOf, visibleWallets } from '../visible-wallets.ts';
import type { HomeFacts } from './read-home.ts';

/** What is beyond these is counted. */
const MAX_WALLETS = 5;
const MAX_LIMITS = 5;

const withButton = (text: string, ...[label, id, value]: [string, string, string?]): SectionBlock => ({
  ...section(text),
  accessory: button(label, id, value === undefined ? {} : { value }),
});

/** Everything on this person's Home that waits for somebody. */
export function attentionBlocks(facts: HomeFacts, person: Person): KnownBlock[] {
  return [
    ...(facts.balance === null ? [] : walletBlocks(facts.balance, person)),
    ...(facts.balance?.recharges ?? []).flatMap((each) => pausedRecharge(each, person)),
    ...limitBlocks(facts, person),
    ...cardBlocks(facts, person),
    ...facts.toVerify.map((payment) =>
      withButton(
        copy.verify(payment, person.company.timeZone, facts.now),
        rechargeCopy.verify,
        LINK_IDS.paymentVerify,
        payment.token,
      ),
    ),
    ...facts.approvals.flatMap(({ token: value, question }) => [
      section(approvalCopy.question(question)),
      buttons(
        button(approvalCopy.approve, LINK_IDS.approvalApprove, {
          value,
          confirm: approvalCopy.confirm(question),
        }),
        button(approvalCopy.decline, LINK_IDS.approvalDecline, { value }),
      ),
    ]),
    ...facts.requests.flatMap(({ token: value, ...request }) => [
      section(copy.request({ token: value, ...request })),
      buttons(
        button(balanceCopy.addCredits, LINK_IDS.requestAdd, { value }),
        button(requestCopy.decline, LINK_IDS.requestDecline, { value }),
      ),
    ]),
  ];
}

/** Overdrawn, out, low: each with the way to add credits just there. */
function walletBlocks(facts: BalanceFacts, person: Person): KnownBlock[] {
  const { balance, enforcement, resumes, hadCredits } = facts;
  const wallets = visibleWallets(balance, person);
  const figures = figuresOf(balance, wallets);
  const owing = new Set(figures.overdrawn.map(({ wallet }) => wallet.walletId));
  const canBuy = holds(person, 'buy');
  const rest = wallets
    .filter((wallet) => !owing.has(wallet.walletId) && wallet.level.calls !== 'ok')
    // A company or an office that never had credits is not out of them, nor an office that uses the shared ones.
    .filter(() => hadCredits)
    .filter(({ officeId, general, bundles, watch }) =>
      balance.pooled
        ? officeId === null
        : general.greaterThan(0) || bundles.length > 0 || watch.calls !== null,
    );
  const lines = rest.slice(0, MAX_WALLETS).map((wallet) => {
    const label = nameOf(wallet, person);
    const text =
      wallet.level.calls === 'low'
        ? copy.low(label, floorToCents(wallet.available.calls), wallet.watch.calls)
        : enforcement === 'enforced'
          ? copy.outOfCreditsEnforced(label)
          : copy.outOfCredits(label);
    if (!canBuy) return section(text);
    const scope = encodeScope(scopeOf(wallet));
    const toAdd = wallet.level.calls === 'out' ? resumes.get(wallet.walletId) : undefined;
    return toAdd === undefined
      ? withButton(text, balanceCopy.addCredits, LINK_IDS.addCredits, scope)
      : withButton(text, resumeLabel(toAdd, enforcement), LINK_IDS.addToResume, scope);
  });
  const more = rest.length - lines.length;
  return [
    ...overdrawnBlocks(facts, person, figures),
    ...lines,
    ...(more > 0 ? [quiet(copy.more(more))] : []),
  ];
}

/** Spending limits that are reached; one's own without what it cost. */
function limitBlocks({ limits: { limits, own }, now }: HomeFacts, person: Person): KnownBlock[] {
  const { timeZone } = person.company;
  const reached = limits.filter(({ level }) => level === 100);
  const shown = reached.slice(0, MAX_LIMITS).map((limit) => {
    const text = limitCopy.reached(limit, timeZone);
    const value = limit.limitId.toString();
    return limit.mayChange ? withButton(text, limitCopy.change, LINK_IDS.limitSet, value) : section(text);
  });
  const more = reached.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [quiet(copy.more(more))] : []),
    ...own
      .filter(({ isReached }) => isReached)
      .map((each) => section(limitCopy.ownReached(each, timeZone, now))),
  ];
}

/** Why credits are not added by themselves, with what ends it. */
function pausedRecharge(facts: RechargeFacts, person: Person): KnownBlock[] {
  const why = facts.isOn ? balanceCopy.pausedFor(facts) : null;
  if (why === null) return [];
  const text = copy.rechargePaused(facts, why);
  const wallet = facts.walletId.toString();
  switch (facts.pausedFor) {
    case 'declined':
    case 'no_card':
    case 'unverified':
      return holds(person, 'manage_cards')
        ? [withButton(text, rechargeCopy.fixCard, LINK_IDS.cardShow)]
        : [section(text)];
    case 'refunded':
    case 'surprise':
      return holds(person, 'change_limits')
        ? [withButton(text, rechargeCopy.resume, LINK_IDS.rechargeResume, wallet)]
        : [section(text)];
    case 'cap':
      return holds(person, 'change_limits')
        ? [withButton(text, rechargeCopy.raiseCap, LINK_IDS.rechargeCap, wallet)]
        : [withButton(text, copy.change, LINK_IDS.rechargeShow, wallet)];
    default:
      return [section(text)];
  }
}

function cardBlocks({ cards, setup, now }: HomeFacts, person: Person): KnownBlock[] {
  if (!holds(person, 'manage_cards') || person.company.billingMethod !== 'card') return [];
  const show = (text: string): SectionBlock => withButton(text, copy.showCards, LINK_IDS.cardShow);
  // Setting up begins with a card, and says so.
  if (cards.length === 0)
    return setup === null ? [withButton(copy.noCard, cardCopy.add, LINK_IDS.cardShow)] : [];
  const month = dayOf(now, person.company.timeZone).slice(0, 7);
  return cards.flatMap((card) => {
    if (card.state !== 'usable') return [show(copy.card[card.state](card))];
    const isUsed = card.isDefault || card.isFallback;
    const expires = expiryMonth(card);
    if (!isUsed || expires > month) return [];
    return [show(expires < month ? copy.card.expired(card) : copy.card.expires(card))];
  });
}

const expiryMonth = ({ expYear, expMonth }: CardFacts): string =>
  `${expYear}-${String(expMonth).padStart(2, '0')}`;
