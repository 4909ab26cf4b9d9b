import type { KnownBlock } from '@slack/types';
import { findRenewal, type RechargeFacts, type Renewal, type RunwayFacts } from '../../billing/index.ts';
import { DAY_MS } from '../../durations.ts';
import type { Bundle, CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import type { Person } from '../../org/index.ts';
import { displayText } from '../../outside-text.ts';
import { balanceCopy, rechargeCopy, whyCopy } from '../copy/index.ts';
import { escapeText, shorten } from '../copy/mrkdwn.ts';
import { bar, button, buttons, lines, quiet, section } from '../kit/blocks.ts';
import { plain } from '../kit/modal.ts';
import { LINKS } from '../links.ts';
import { holds } from '../rights.ts';
import { isPool, totalForCalls, visibleWallets } from './visible-wallets.ts';

/** Slack takes 50 blocks a message; what is beyond these is counted, not listed. */
const MAX_BUNDLES = 12;
const MAX_RECHARGES = 5;
const MAX_OFFICES = 150;
/** Each office's line below says that it is stopped, too. */
const MAX_DEBTS = 5;

const SOON_MS = 30 * DAY_MS;

/** What stands beside the figures: what is added by itself, what comes again, and how long it lasts. */
export interface Outlook {
  recharges: readonly RechargeFacts[];
  renewals: readonly Renewal[];
  runways: readonly RunwayFacts[];
}

const NOTHING_AHEAD: Outlook = { recharges: [], renewals: [], runways: [] };

/** The balance as an admin sees it (R24). Facts only; nothing is decided here. */
export function balanceBlocks(
  balance: CompanyBalance,
  person: Person,
  { recharges, renewals, runways }: Outlook = NOTHING_AHEAD,
): KnownBlock[] {
  const { company } = person;
  const wallets = visibleWallets(balance, person);
  const total = totalForCalls(balance, wallets);
  const sum = (pick: (wallet: WalletBalance) => Money): Money =>
    wallets.reduce((amount, wallet) => amount.plus(pick(wallet)), dollars('0'));
  const debt = sum(owedBy);
  const held = sum((wallet) => wallet.held.calls.plus(wallet.held.ai));
  const general = sum((wallet) => wallet.general);
  const seesGeneral = !balance.pooled || wallets.some(isPool);
  const hasBundles = wallets.some(({ bundles }) => bundles.length > 0);
  const isEmpty = total.isZero() && general.isZero() && debt.isZero() && !hasBundles;
  const isGeneralAlone = seesGeneral && general.equals(total) && !hasBundles;
  return [
    { type: 'header', text: plain(balanceCopy.title(shorten(displayText(company.name), 140))) },
    section(
      isEmpty
        ? balanceCopy.empty
        : isGeneralAlone
          ? balanceCopy.generalAlone(total)
          : balanceCopy.forCalls(total),
    ),
    ...(debt.isZero() ? [] : debtLines(balance, wallets, person, debt)),
    ...bundleLines(wallets, person, renewals, balance.at),
    ...(isEmpty || isGeneralAlone || !seesGeneral ? [] : [section(balanceCopy.general(general))]),
    ...(held.isZero() ? [] : [quiet(balanceCopy.held(held))]),
    ...(wallets.length > 1 ? officeLines(balance, wallets, person, runways) : []),
    ...runwayLines(runways, wallets, company.timeZone, balance.at),
    ...expiryLines(wallets, renewals, company.timeZone, balance.at),
    ...(!holds(person, 'buy')
      ? [buttons(button(whyCopy.button, LINKS.whyShow))]
      : [
          ...rechargeLines(recharges, company.timeZone),
          buttons(
            button(balanceCopy.addCredits, LINKS.addCredits, { primary: true }),
            button(rechargeCopy.button, LINKS.rechargeShow),
            button(whyCopy.button, LINKS.whyShow),
          ),
        ]),
    quiet(balanceCopy.asOf(balance.at, company.timeZone)),
  ];
}

/** Whether credits are added by themselves; where there are many offices, only those where they are. */
function rechargeLines(recharges: readonly RechargeFacts[], timeZone: string): KnownBlock[] {
  const on = recharges.filter(({ isOn }) => isOn);
  const shown = on.length === 0 ? recharges.slice(0, 1) : on.slice(0, MAX_RECHARGES);
  if (on.length === 0 && recharges.length > 1) return [quiet(rechargeCopy.offEverywhere)];
  const more = on.length - shown.length;
  return [
    ...shown.map((facts) => quiet(rechargeCopy.state(facts, timeZone))),
    ...(more > 0 ? [quiet(rechargeCopy.moreOn(more))] : []),
  ];
}

/** What is owed: in all where credits are shared or one's own, else by whom, as no one else's credits cover it. */
function debtLines(
  balance: CompanyBalance,
  wallets: readonly WalletBalance[],
  person: Person,
  debt: Money,
): KnownBlock[] {
  if (balance.pooled || wallets.length === 1) return [section(balanceCopy.debt(debt, null))];
  return wallets
    .filter((wallet) => !owedBy(wallet).isZero())
    .slice(0, MAX_DEBTS)
    .map((wallet) => section(balanceCopy.debt(owedBy(wallet), nameOf(wallet, person))));
}

const owedBy = ({ debt }: WalletBalance): Money => debt.calls.plus(debt.ai);

function bundleLines(
  wallets: readonly WalletBalance[],
  person: Person,
  renewals: readonly Renewal[],
  now: Date,
): KnownBlock[] {
  const all = wallets.flatMap((wallet) => wallet.bundles.map((bundle) => ({ wallet, bundle })));
  const told = all.slice(0, MAX_BUNDLES).map(({ wallet, bundle }) => {
    const office = wallets.length > 1 ? nameOf(wallet, person) : null;
    const renews = findRenewal(renewals, { ...bundle, officeId: wallet.officeId }) !== null;
    return section(describeBundle(bundle, { office, renews, timeZone: person.company.timeZone, now }));
  });
  return all.length > told.length
    ? [...told, quiet(balanceCopy.moreBundles(all.length - told.length))]
    : told;
}

function describeBundle(
  bundle: Bundle,
  { office, renews, timeZone, now }: { office: string | null; renews: boolean; timeZone: string; now: Date },
): string {
  const name = bundle.kind === 'calling' ? balanceCopy.callingBundle : balanceCopy.aiBundle;
  const left = balanceCopy.bundle(bundle.remaining, bundle.amount);
  const head = office === null ? `*${name}*` : `*${name}* · ${office}`;
  return `${head}\n${bar(bundle.remaining, bundle.amount)}  ${left} · ${(renews ? balanceCopy.resets : balanceCopy.ends)(bundle.expiresAt, timeZone, now)}`;
}

/** How long it lasts; where there are several offices each has it behind its figure, and here is at which pace. */
function runwayLines(
  runways: readonly RunwayFacts[],
  wallets: readonly WalletBalance[],
  timeZone: string,
  now: Date,
): KnownBlock[] {
  const [first] = runways;
  if (first === undefined) return [];
  return wallets.length > 1
    ? [quiet(balanceCopy.pace(longestPace(runways)))]
    : [section(balanceCopy.runway(first, timeZone, now))];
}

const longestPace = (runways: readonly RunwayFacts[]): number =>
  Math.max(...runways.map(({ paceDays }) => paceDays));

/** What of the bundles is gone soon: the next to end, and what else does within a month. */
function expiryLines(
  wallets: readonly WalletBalance[],
  renewals: readonly Renewal[],
  timeZone: string,
  now: Date,
): KnownBlock[] {
  const before = new Date(now.getTime() + SOON_MS);
  const soon = wallets
    .flatMap(({ officeId, bundles }) => bundles.map((bundle) => ({ ...bundle, officeId })))
    .filter(({ remaining, expiresAt }) => remaining.greaterThan(0) && expiresAt < before)
    .toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  const [next, ...others] = soon;
  if (next === undefined) return [];
  const rest = others.reduce((sum, { remaining }) => sum.plus(remaining), dollars('0'));
  return [quiet(balanceCopy.nextExpiry(next, { renewal: findRenewal(renewals, next), rest, timeZone, now }))];
}

/** One line an office, the shared credits first. */
function officeLines(
  balance: CompanyBalance,
  wallets: readonly WalletBalance[],
  person: Person,
  runways: readonly RunwayFacts[],
): KnownBlock[] {
  const told = wallets.slice(0, MAX_OFFICES).map((wallet) => {
    const name = nameOf(wallet, person);
    const facts = runways.find(({ officeId }) => officeId === wallet.officeId);
    const { timeZone } = person.company;
    const lasts =
      facts === undefined ? '' : balanceCopy.officeRunway(facts, longestPace(runways), timeZone, balance.at);
    if (isPool(wallet)) return `${balanceCopy.shared(wallet.available.calls)}${lasts}`;
    const isPrimary = person.offices.some(({ id, isPrimary: is }) => id === wallet.officeId && is);
    return balance.pooled
      ? balanceCopy.officeOwn(name, wallet.calling, isPrimary)
      : `${balanceCopy.office(name, wallet.available.calls, isPrimary)}${lasts}`;
  });
  const more = wallets.length - told.length;
  return lines(more > 0 ? [...told, balanceCopy.moreOffices(more)] : told);
}

function nameOf(wallet: WalletBalance, person: Person): string {
  const office = person.offices.find(({ id }) => id === wallet.officeId);
  return office === undefined ? balanceCopy.allOffices : escapeText(shorten(office.name, 60));
}
