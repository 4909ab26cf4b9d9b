import type { KnownBlock } from '@slack/types';
import type { Bundle, CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { buyableScopes, isCompanyAdmin, type Person, visibleOffices } from '../../org/index.ts';
import { bar, button, buttons, escapeText, quiet, section } from '../blocks/build.ts';
import { IDS } from '../ids.ts';
import { balanceWords } from '../words/en.ts';

/** The wallets this person may see: the pool where credits are shared, and the offices. */
export function visibleWallets(balance: CompanyBalance, person: Person): WalletBalance[] {
  const offices = new Set(visibleOffices(person).map(({ id }) => id));
  return balance.wallets.filter(({ officeId }) =>
    officeId === null ? balance.pooled && isCompanyAdmin(person) : offices.has(officeId),
  );
}

/** What this person's offices can spend on calls and messages in all. */
export function totalForCalls(balance: CompanyBalance, wallets: readonly WalletBalance[]): Money {
  const pool = wallets.find(({ officeId }) => officeId === null);
  if (balance.pooled && pool !== undefined) return pool.available.calls;
  return wallets.reduce((sum, wallet) => sum.plus(wallet.available.calls), dollars('0'));
}

/** The balance as an admin sees it (R24). Facts only; nothing is decided here. */
export function balanceBlocks(balance: CompanyBalance, person: Person): KnownBlock[] {
  const { company } = person;
  const wallets = visibleWallets(balance, person);
  const total = totalForCalls(balance, wallets);
  const sum = (pick: (wallet: WalletBalance) => Money): Money =>
    wallets.reduce((amount, wallet) => amount.plus(pick(wallet)), dollars('0'));
  const debt = sum(({ debt: owed }) => owed.calls.plus(owed.ai));
  const held = sum((wallet) => wallet.held.calls.plus(wallet.held.ai));
  const bundles = wallets.flatMap((wallet) => wallet.bundles);
  const general = sum((wallet) => wallet.general);
  const isEmpty = general.isZero() && debt.isZero() && bundles.length === 0;
  return [
    { type: 'header', text: { type: 'plain_text', text: balanceWords.title(company.name) } },
    section(isEmpty ? balanceWords.empty : balanceWords.forCalls(total)),
    ...(debt.isZero() ? [] : [section(balanceWords.debt(debt))]),
    ...bundles.map((bundle) => section(describeBundle(bundle, company.timeZone, balance.at))),
    ...(isEmpty ? [] : [section(balanceWords.general(general))]),
    ...(held.isZero() ? [] : [quiet(balanceWords.held(held))]),
    ...(wallets.length > 1 ? [section(officeLines(balance, wallets, person).join('\n'))] : []),
    ...(buyableScopes(person).length === 0
      ? []
      : [buttons(button('Add credits', IDS.action.addCredits, { primary: true }))]),
    quiet(balanceWords.asOf(balance.at, company.timeZone)),
  ];
}

function describeBundle(bundle: Bundle, timeZone: string, now: Date): string {
  const name = bundle.kind === 'calling' ? balanceWords.callingBundle : balanceWords.aiBundle;
  const left = balanceWords.bundle(bundle.remaining, bundle.amount);
  return `*${name}*\n${bar(bundle.remaining, bundle.amount)}  ${left} · ${balanceWords.resets(bundle.expiresAt, timeZone, now)}`;
}

/** One line an office, the shared credits first. */
function officeLines(balance: CompanyBalance, wallets: readonly WalletBalance[], person: Person): string[] {
  return wallets.map((wallet) => {
    const office = person.offices.find(({ id }) => id === wallet.officeId);
    if (office === undefined) return balanceWords.shared(wallet.available.calls);
    const amount = balance.pooled ? wallet.calling : wallet.available.calls;
    return balanceWords.office(escapeText(office.name), amount, office.isPrimary);
  });
}
