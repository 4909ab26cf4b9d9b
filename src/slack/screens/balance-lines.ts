/** What stands under a balance: bundles, auto-recharge and offices, one after the other, as lines. Facts only. */

import { findRenewal, type RechargeFacts, type Renewal, type RunwayFacts } from '../../billing/index.ts';
import type { Bundle, CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import type { Person } from '../../org/index.ts';
import { balanceCopy as copy } from '../copy/index.ts';
import { escapeText, shorten } from '../copy/mrkdwn.ts';
import { bar } from '../kit/blocks.ts';
import { type BalanceFigures, isPool } from './visible-wallets.ts';

/** Slack takes 50 blocks a message; what is beyond these is counted, not listed. */
const MAX_BUNDLES = 12;
const MAX_RECHARGES = 5;
const MAX_OFFICES = 60;

/** The name of whose credits these are. */
export function nameOf(wallet: Pick<WalletBalance, 'officeId'>, person: Person): string {
  const office = person.offices.find(({ id }) => id === wallet.officeId);
  return office === undefined ? copy.sharedCredits : escapeText(shorten(office.name, 60));
}

/** One line an office, those that are overdrawn first; the shared credits stand before them. */
export function officeLines(
  balance: CompanyBalance,
  wallets: readonly WalletBalance[],
  person: Person,
  { figures, runways }: { figures: BalanceFigures; runways: readonly RunwayFacts[] },
): string[] {
  const owed = new Map(figures.overdrawn.map(({ wallet, amount }) => [wallet.walletId, amount]));
  const ordered = [
    ...wallets.filter(isPool),
    ...wallets.filter((wallet) => !isPool(wallet) && owed.has(wallet.walletId)),
    ...wallets.filter((wallet) => !isPool(wallet) && !owed.has(wallet.walletId)),
  ];
  const lines = ordered.slice(0, MAX_OFFICES).map((wallet) => {
    const name = nameOf(wallet, person);
    const debt = owed.get(wallet.walletId);
    const isPrimary = person.offices.some(({ id, isPrimary: is }) => id === wallet.officeId && is);
    if (debt !== undefined) return copy.officeOverdrawn(name, debt, isPrimary);
    const facts = runways.find((each) => each.officeId === wallet.officeId && each.class === 'calls');
    // When the next recharge comes stands with auto-recharge.
    const lasts =
      facts === undefined || facts.runway.kind === 'recharges' ? '' : ` · ${copy.officeRunway(facts)}`;
    if (isPool(wallet)) return `${copy.shared(wallet.available.calls)}${lasts}`;
    return balance.pooled
      ? copy.officeOwn(name, wallet.calling, isPrimary)
      : `${copy.office(name, figures.parts.get(wallet.walletId) ?? wallet.available.calls, isPrimary)}${lasts}`;
  });
  const more = ordered.length - lines.length;
  return more > 0 ? [...lines, copy.moreOffices(more)] : lines;
}

/** One paragraph a bundle, the next to expire first. */
export function bundleLines(
  wallets: readonly WalletBalance[],
  person: Person,
  renewals: readonly Renewal[],
  now: Date,
): string[] {
  const all = wallets
    .flatMap((wallet) => wallet.bundles.map((bundle) => ({ wallet, bundle })))
    .toSorted((a, b) => a.bundle.expiresAt.getTime() - b.bundle.expiresAt.getTime());
  const isOfOffices = wallets.length > 1;
  const lines = all.slice(0, MAX_BUNDLES).map(({ wallet, bundle }) =>
    copy.bundle(bundle, {
      office: isOfOffices ? nameOf(wallet, person) : null,
      renewal: findRenewal(renewals, { ...bundle, officeId: wallet.officeId }),
      bar: barOf(bundle),
      timeZone: person.company.timeZone,
      now,
    }),
  );
  const more = all.length - lines.length;
  return more > 0 ? [...lines, copy.moreBundles(more)] : lines;
}

const barOf = ({ remaining, amount }: Bundle): string => bar(remaining, amount);

/** Whether credits are added by themselves, and when next; of many offices those where they are. */
export function rechargeLines(
  recharges: readonly RechargeFacts[],
  person: Person,
  runways: readonly RunwayFacts[],
): string[] {
  const on = recharges.filter(({ isOn }) => isOn);
  if (on.length === 0 && recharges.length > 1) return [copy.rechargeOffEverywhere];
  const shown = on.length === 0 ? recharges.slice(0, 1) : on.slice(0, MAX_RECHARGES);
  const more = on.length - shown.length;
  const lines = shown.map((facts) => describeRecharge(facts, { recharges, runways, person }));
  return more > 0 ? [...lines, copy.moreRecharges(more)] : lines;
}

/** Auto-recharge of some credits, named where there are others. */
export function describeRecharge(
  facts: RechargeFacts,
  of: { recharges: readonly RechargeFacts[]; runways: readonly RunwayFacts[]; person: Person },
): string {
  return copy.recharge(facts, {
    office: of.recharges.length > 1 ? escapeText(shorten(facts.label, 60)) : null,
    next: describeNext(facts, of.runways, of.person.company.timeZone),
  });
}

function describeNext(
  { next, officeId }: RechargeFacts,
  runways: readonly RunwayFacts[],
  timeZone: string,
): string | null {
  if (next !== null)
    return next.after === 'interval' ? copy.nextRecharge(next.at, timeZone) : copy.nextTry(next.at, timeZone);
  const runway = runways.find(
    (facts) => facts.officeId === officeId && facts.runway.kind === 'recharges',
  )?.runway;
  return runway?.kind === 'recharges' ? copy.nextByUsage(runway) : null;
}
