import { dollars } from '../../../money.ts';
import { digestCopy as copy, usageCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { costsInCents } from '../../kit/costs-in-cents.ts';
import { barChart, inDollars } from '../../kit/data-blocks.ts';
import { message, type NoticeMessage, type NoticeOf } from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** What fits on a chart's axis beside two bars each. */
const MAX_KINDS = 8;

/** A digest: its text, each type beside the period before, and the way to the usage behind it. */
export function digestMessage(exact: NoticeOf<'digest'>): NoticeMessage {
  const facts = { ...exact, kinds: inCents(exact.kinds), offices: inCents(exact.offices) };
  const kinds = facts.kinds.slice(0, MAX_KINDS);
  const chart = barChart({
    title: copy.chartTitle(facts),
    labels: kinds.map(({ category }) => copy.kindName(category)),
    series: [
      { name: copy.thisPeriod(facts), values: kinds.map(({ cost }) => inDollars(dollars(cost))) },
      { name: copy.periodBefore(facts), values: kinds.map(({ before }) => inDollars(dollars(before))) },
    ],
    yLabel: usageCopy.dollarsAxis,
  });
  const isDrawn = kinds.length > 0;
  return message(
    copy.notice(facts),
    ...(isDrawn ? [chart] : []),
    buttons(button(usageCopy.button, LINK_IDS.usageShow)),
  );
}

function inCents<Of extends { cost: string }>(all: readonly Of[]): Of[] {
  const costs = costsInCents(all.map(({ cost }) => ({ cost: dollars(cost) })));
  return all.map((each, index) => ({ ...each, cost: costs[index]?.cost.toFixed() ?? each.cost }));
}
