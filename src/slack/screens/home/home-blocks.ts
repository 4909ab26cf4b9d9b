/** The Home tab, by role: what a person's rights let them see and do, and nothing else. Pure. */

import type { KnownBlock } from '@slack/types';
import { Decimal } from 'decimal.js';
import type { SetupState } from '../../../billing/index.ts';
import { noonOf } from '../../../calendar.ts';
import { dollars, formatDollars, type Money } from '../../../money.ts';
import type { Person } from '../../../org/index.ts';
import { displayText } from '../../../outside-text.ts';
import type { MonthSpend } from '../../../usage/index.ts';
import { formatDay } from '../../copy/format.ts';
import { balanceCopy, homeCopy as copy, usageCopy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { blockChart } from '../../kit/block-chart.ts';
import { button, lines, namedButtons, quiet, section } from '../../kit/blocks.ts';
import { costsInCents } from '../../kit/costs-in-cents.ts';
import { plain } from '../../kit/modal.ts';
import { LINK_IDS } from '../../links.ts';
import { holds } from '../../rights.ts';
import { firstToEnd, headline, notServedBlocks } from '../balance-blocks.ts';
import { bundleLines, describeRecharge, officeLines } from '../balance-lines.ts';
import type { BalanceFacts } from '../read-balance-facts.ts';
import { figuresOf, visibleWallets } from '../visible-wallets.ts';
import { attentionBlocks } from './attention.ts';
import { homeButtons } from './home-buttons.ts';
import type { HomeFacts } from './read-home.ts';

const FORECAST_DAYS = 5;
/** Each takes two blocks; with more offices the form has the rest. */
const MAX_RECHARGES = 4;

/** Everything, the most urgent first; within Slack's 100 blocks. */
export function homeBlocks(facts: HomeFacts, person: Person): KnownBlock[] {
  const { balance, now } = facts;
  const { company } = person;
  const isServed = company.state === 'active';
  const attention = isServed ? attentionBlocks(facts, person) : [];
  return [
    { type: 'header', text: plain(shorten(displayText(company.name), 140)) },
    ...notServedBlocks(company),
    ...(balance === null ? [] : balanceSection(facts, balance, person)),
    ...(facts.month === null ? [] : monthBlocks(facts.month, balance === null)),
    // Named, so that Home rendered anew keeps the place of whoever works with the keyboard.
    namedButtons('home_buttons', ...homeButtons(person, { isFirstPrimary: attention.length === 0 })),
    ...titled(copy.attention, attention),
    ...(isServed ? setupBlocks(facts.setup) : []),
    ...(balance === null ? [] : creditBlocks(balance, person)),
    ...titled(
      copy.recent,
      lines(facts.receipts.map((receipt) => copy.receipt(receipt, company.timeZone, now))),
    ),
    ...ownBlocks(facts, person),
    quiet(balanceCopy.asOf(now, company.timeZone)),
  ];
}

/** The month in figures; who sees no balance sees what it was made of. */
function monthBlocks(month: MonthSpend, hasRoom: boolean): KnownBlock[] {
  return [
    section(copy.month(month)),
    ...(hasRoom && month.kinds.length > 0 ? [quiet(copy.kinds(costsInCents(month.kinds)))] : []),
  ];
}

function titled(title: string, blocks: readonly KnownBlock[]): KnownBlock[] {
  return blocks.length === 0 ? [] : [{ type: 'divider' }, section(`*${title}*`), ...blocks];
}

/** The balance, how long it lasts, and its way here as a chart with words beside. */
function balanceSection(facts: HomeFacts, balance: BalanceFacts, person: Person): KnownBlock[] {
  const figures = figuresOf(balance.balance, visibleWallets(balance.balance, person));
  return [section(headline(balance, person, figures)), ...chartBlocks(facts, balance)];
}

function chartBlocks({ series, month, now }: HomeFacts, balance: BalanceFacts): KnownBlock[] {
  const [first, last] = [series[0], series.at(-1)];
  if (first === undefined || last === undefined) return [];
  const perDay = month?.perDay ?? dollars('0');
  const forecast =
    perDay.isZero() || last.amount.isZero()
      ? []
      : Array.from({ length: FORECAST_DAYS }, (_, index) =>
          Decimal.max(0, last.amount.minus(perDay.times(index + 1))).toNumber(),
        );
  const level = levelOf(balance);
  const drawn = blockChart({
    values: series.map(({ amount }) => amount.toNumber()),
    forecast,
    ...(level === null ? {} : { level: level.toNumber() }),
    label: (value) => formatDollars(dollars(value.toFixed(2)), 0),
    first: shortDay(first.day, now),
    last: 'today',
  });
  if (drawn.length === 0) return [];
  const low = series.reduce((a, b) => (b.amount.lessThan(a.amount) ? b : a), first);
  const high = series.reduce((a, b) => (b.amount.greaterThan(a.amount) ? b : a), first);
  const words = { days: series.length, forecastDays: forecast.length, level, now };
  return [section(`\`\`\`\n${drawn.join('\n')}\n\`\`\``), quiet(copy.chart({ low, high }, words))];
}

/** The threshold, where one wallet has all that is seen. */
function levelOf({ recharges, balance }: BalanceFacts): Money | null {
  const [only, ...others] = recharges;
  if (only === undefined || others.length > 0 || (!balance.pooled && balance.wallets.length > 2)) return null;
  return only.isOn ? only.threshold : null;
}

const shortDay = (day: string, now: Date): string => formatDay(noonOf(day), 'UTC', now).replace(/^\w+, /, '');

/** Offices, bundles and auto-recharge. */
function creditBlocks(facts: BalanceFacts, person: Person): KnownBlock[] {
  const { balance, renewals, runways, hadCredits } = facts;
  const wallets = visibleWallets(balance, person);
  const figures = figuresOf(balance, wallets);
  const first = firstToEnd(runways);
  const owing = new Set(figures.overdrawn.map(({ wallet }) => wallet.walletId));
  const offices =
    wallets.length < 2 || !hadCredits
      ? []
      : officeLines(
          balance,
          wallets.filter(({ walletId }) => !owing.has(walletId)),
          person,
          { figures, runways: runways.filter((each) => each !== first) },
        );
  return [
    ...titled(copy.offices, lines(offices)),
    ...titled(copy.bundles, bundleLines(wallets, person, renewals, balance.at).map(section)),
    ...(holds(person, 'buy') && person.company.state === 'active'
      ? [{ type: 'divider' as const }, ...rechargeBlocks(facts, person)]
      : []),
  ];
}

/** Each with its switch. */
function rechargeBlocks({ recharges, runways }: BalanceFacts, person: Person): KnownBlock[] {
  const shown = recharges.slice(0, MAX_RECHARGES).flatMap((facts): KnownBlock[] => {
    const wallet = facts.walletId.toString();
    const text = section(describeRecharge(facts, { recharges, runways, person }));
    if (!facts.isOn)
      return [{ ...text, accessory: button(copy.turnOn, LINK_IDS.rechargeShow, { value: `on:${wallet}` }) }];
    return [
      text,
      namedButtons(
        `home_recharge:${wallet}`,
        button(copy.change, LINK_IDS.rechargeShow, { value: wallet }),
        button(copy.turnOff, LINK_IDS.rechargeOff, { value: wallet }),
      ),
    ];
  });
  const more = recharges.length - MAX_RECHARGES;
  return more > 0 ? [...shown, quiet(copy.more(more))] : shown;
}

/** What is left to set up, until a company can run by itself. */
function setupBlocks(setup: SetupState | null): KnownBlock[] {
  if (setup === null) return [];
  const { hasCredits, hasAutoRecharge, ...needed } = setup;
  if (hasCredits && Object.values(needed).every(Boolean)) return [];
  const steps = [
    ['canPay', LINK_IDS.cardShow],
    ['hasChannel', LINK_IDS.settingsOpen],
    ['hasPeople', LINK_IDS.peopleShow],
    ['hasAutoRecharge', LINK_IDS.rechargeShow],
  ] as const;
  const done = steps.filter(([step]) => setup[step]).length;
  const next = steps.find(([step]) => !setup[step]);
  const list = steps.map(([step]) =>
    setup[step]
      ? `:white_check_mark: ~${copy.steps[step].text}~`
      : `:white_large_square: ${copy.steps[step].text}`,
  );
  return titled(copy.setup(done, steps.length), [
    section(list.join('\n')),
    ...(next === undefined
      ? []
      : [
          {
            ...section(`Next: ${copy.steps[next[0]].next}`),
            accessory: button(copy.steps[next[0]].button, next[1], { primary: true }),
          },
        ]),
  ]);
}

/** A member's newest records, without cost. */
function ownBlocks({ own }: HomeFacts, person: Person): KnownBlock[] {
  if (!holds(person, 'see_own_usage')) return [];
  if (own === null) return [section(usageCopy.notMatched)];
  if (own.length === 0) return [section(copy.noOwn)];
  const { timeZone } = person.company;
  return titled(
    copy.own,
    lines(
      own.map((record) =>
        [
          usageCopy.when(record.usageAt, timeZone),
          escapeText(usageCopy.otherNumber(record)),
          usageCopy.kindOf(record),
          usageCopy.lengthOf(record),
        ].join(' · '),
      ),
    ),
  );
}
