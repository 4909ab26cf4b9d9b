import type { KnownBlock } from '@slack/types';
import type { RunwayFacts } from '../../billing/index.ts';
import type { WalletBalance } from '../../ledger/index.ts';
import { dollars, floorToCents, type Money } from '../../money.ts';
import { type Company, encodeScope, type Person } from '../../org/index.ts';
import { displayText } from '../../outside-text.ts';
import {
  balanceCopy as copy,
  generalCopy,
  purchaseCopy,
  rechargeCopy,
  usageCopy,
  whyCopy,
} from '../copy/index.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { button, buttons, lines, quiet, section } from '../kit/blocks.ts';
import { plain } from '../kit/modal.ts';
import { LINK_IDS } from '../links.ts';
import { holds } from '../rights.ts';
import { bundleLines, nameOf, officeLines, rechargeLines } from './balance-lines.ts';
import type { BalanceFacts } from './read-balance-facts.ts';
import { type BalanceFigures, figuresOf, isPool, scopeOf, visibleWallets } from './visible-wallets.ts';

/** Each office's line below says that it is overdrawn, too. */
const MAX_OVERDRAWN = 5;

/** The balance as an admin sees it (R24): each figure once, what is overdrawn first. */
export function balanceBlocks(facts: BalanceFacts, person: Person): KnownBlock[] {
  const { balance, recharges, renewals, runways, hadCredits } = facts;
  const { company } = person;
  const wallets = visibleWallets(balance, person);
  const figures = figuresOf(balance, wallets);
  const owing = new Set(figures.overdrawn.slice(0, MAX_OVERDRAWN).map(({ wallet }) => wallet.walletId));
  // An office that has a paragraph of its own needs no line besides.
  const listed = wallets.filter(({ walletId }) => !owing.has(walletId));
  const first = firstToEnd(runways);
  const others = runways.filter((each) => each !== first);
  const mayBuy = holds(person, 'buy') && company.state === 'active';
  return [
    { type: 'header', text: plain(shorten(displayText(company.name), 140)) },
    ...notServedBlocks(company),
    section(headline(facts, person, figures)),
    ...overdrawnBlocks(facts, person, figures),
    ...(wallets.length > 1 && hadCredits
      ? lines(officeLines(balance, listed, person, { figures, runways: others }))
      : []),
    ...bundleLines(wallets, person, renewals, balance.at).map(section),
    ...generalLine(wallets, { pooled: balance.pooled, available: figures.available }),
    ...(mayBuy ? rechargeLines(recharges, person, runways).map(quiet) : []),
    buttons(
      ...(mayBuy
        ? [
            button(copy.addCredits, LINK_IDS.addCredits, { primary: figures.overdrawn.length === 0 }),
            button(rechargeCopy.button, LINK_IDS.rechargeShow),
          ]
        : []),
      ...(holds(person, 'see_usage') ? [button(usageCopy.button, LINK_IDS.usageShow)] : []),
      button(whyCopy.button, LINK_IDS.whyShow),
    ),
    quiet(copy.asOf(balance.at, company.timeZone)),
  ];
}

/** That the operator does not serve the company now, and what its people can still do. */
export function notServedBlocks({ state }: Pick<Company, 'state'>): KnownBlock[] {
  return state === 'active' ? [] : [section(generalCopy.notServed[state])];
}

/** What can be spent, and how long it lasts: of several offices, which one's credits end first. */
export function headline(
  { balance, runways, hadCredits }: BalanceFacts,
  person: Person,
  figures: BalanceFigures,
): string {
  const wallets = visibleWallets(balance, person);
  const isEmpty =
    !hadCredits &&
    figures.available.isZero() &&
    figures.overdrawn.length === 0 &&
    wallets.every(({ bundles, general }) => bundles.length === 0 && general.isZero());
  if (isEmpty && person.company.state === 'active') return copy.empty;
  const first = firstToEnd(runways);
  const isOfOffices = !balance.pooled && wallets.length > 1;
  const lasts =
    first === null ? null : isOfOffices ? copy.firstToEnd(nameOf(first, person), first) : copy.runway(first);
  // One wallet alone pays for AI conversations (R5).
  const ai = runways.find(({ class: of, runway }) => of === 'ai' && runway.kind === 'lasts');
  return [
    copy.available(figures.available),
    ...(lasts === null ? [] : [lasts]),
    ...(ai === undefined ? [] : [copy.aiRunway(ai)]),
  ].join('\n');
}

/** The credits whose calls and messages end first; those that auto-recharge keeps up do not end. */
export function firstToEnd(runways: readonly RunwayFacts[]): RunwayFacts | null {
  return runways.find(({ class: of, runway }) => of === 'calls' && runway.kind !== 'recharges') ?? null;
}

/** The button that adds what is missing: `Add $17.40 to resume`, where a phone system stops calls. */
export const resumeLabel = (toAdd: Money, enforcement: BalanceFacts['enforcement']): string =>
  enforcement === 'enforced' ? copy.addToResume(toAdd) : purchaseCopy.addToResume(toAdd);

/** What is owed, the most first, each with the button that pays it off. */
export function overdrawnBlocks(
  { enforcement, resumes }: BalanceFacts,
  person: Person,
  { overdrawn }: BalanceFigures,
): KnownBlock[] {
  const shown = overdrawn.slice(0, MAX_OVERDRAWN).map(({ wallet, amount }, index) => {
    const text = section(copy.overdrawn(nameOf(wallet, person), amount, enforcement));
    const toAdd = resumes.get(wallet.walletId);
    if (toAdd === undefined) return text;
    const value = encodeScope(scopeOf(wallet));
    return {
      ...text,
      accessory: button(resumeLabel(toAdd, enforcement), LINK_IDS.addToResume, {
        value,
        primary: index === 0,
      }),
    };
  });
  const more = overdrawn.length - shown.length;
  return more > 0 ? [...shown, quiet(copy.moreOverdrawn(more))] : shown;
}

/** General credits, where the balance is made of more than these; what is held of all credits. */
function generalLine(
  wallets: readonly WalletBalance[],
  { pooled, available }: { pooled: boolean; available: Money },
): KnownBlock[] {
  const sum = (pick: (wallet: WalletBalance) => Money): Money =>
    wallets.reduce((total, wallet) => total.plus(pick(wallet)), dollars('0'));
  const general = sum((wallet) => floorToCents(wallet.general));
  const held = sum((wallet) => wallet.held.calls.plus(wallet.held.ai));
  const seesGeneral = !pooled || wallets.some(isPool);
  const hasBundles = wallets.some(({ bundles }) => bundles.length > 0);
  return [
    ...(seesGeneral && hasBundles && !general.equals(available) ? [section(copy.general(general))] : []),
    ...(held.isZero() ? [] : [quiet(copy.held(held))]),
  ];
}
