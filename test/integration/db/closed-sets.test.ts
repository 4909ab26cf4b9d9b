import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkState } from '../../../src/billing/cards/card.ts';
import { draftKind } from '../../../src/billing/drafts/drafts.ts';
import { disputeState, refundState } from '../../../src/billing/gateway.ts';
import { pauseReason } from '../../../src/billing/kinds/recharge/settings.ts';
import { attemptState, failureKind } from '../../../src/billing/orders/attempts.ts';
import { orderKind } from '../../../src/billing/orders/order-kind.ts';
import { orderState } from '../../../src/billing/orders/order-state.ts';
import { sweepSubject } from '../../../src/billing/reversals/sweep-processor.ts';
import * as closedSets from '../../../src/db/closed-sets.ts';
import { eventState, eventType } from '../../../src/notices/events/event-types.ts';
import { lateRefundReason } from '../../../src/notices/facts/payment.ts';
import { surpriseRule } from '../../../src/notices/facts/surprise.ts';
import { closedFor } from '../../../src/notices/facts/values.ts';
import { channelKind } from '../../../src/notices/topics.ts';
import { deliveryKind } from '../../../src/org/deliveries.ts';
import { deckRow } from '../../../src/usage/decks/rows-in-force.ts';
import { rowState } from '../../../src/usage/decks/stage-rows.ts';
import { captureMode } from '../../../src/usage/holds/capture-mode.ts';
import { holdState, holdUnit } from '../../../src/usage/holds/hold-request.ts';
import { inboxReason } from '../../../src/usage/ingest/inbox.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

/** Sets that grow with features: text, with a CHECK of the values of one zod enum. */
const GROWING: Record<string, { options: readonly string[] }> = {
  'api_key.capture': captureMode,
  'approval.closed_for': closedFor,
  'card_check.state': checkState,
  'credit_request.closed_for': closedFor,
  'delivery_seen.kind': deliveryKind,
  'dispute.state': disputeState,
  'draft.kind': draftKind,
  'hold_request.state': holdState,
  'hold_request.unit': holdUnit,
  'outgoing_event.state': eventState,
  'outgoing_event.type': eventType,
  'notice_channel.kind': channelKind,
  'payment_attempt.failure_kind': failureKind,
  'payment_attempt.refund_reason': lateRefundReason,
  'payment_attempt.state': attemptState,
  'processor_sweep.subject': sweepSubject,
  'purchase_order.kind': orderKind,
  'purchase_order.state': orderState,
  'rate_row.direction': deckRow.shape.direction.unwrap(),
  'rate_row.kind': deckRow.shape.kind,
  'rate_row.licence': deckRow.shape.licence.unwrap(),
  'rate_row.state': rowState,
  'recharge_setting.paused_for': pauseReason,
  'refund.state': refundState,
  'surprise.rule': surpriseRule,
  'usage_inbox.reason': inboxReason,
};

/** Sets of the ledger, by the domain of the ledger's columns where they have one. */
const OF_THE_LEDGER: Record<string, string | null> = {
  'balance_alert.class': 'usage_class',
  'entry_split.debt_class': 'usage_class',
  'hold.class': 'usage_class',
  'hold.state': null,
  'spending_limit.period': null,
  'subscription_period.kind': 'credit_kind',
};

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

const sorted = (values: readonly string[]): string[] => [...values].sort();

/** The values that a CHECK lists, if it lists any for one column and says no more. */
function listed(definition: string): { column: string; values: string[] } | null {
  const [, column, list] =
    /^CHECK \(\((\w+|\(?VALUE\)?) = ANY \(ARRAY\[([^\]]+)\]\)\)\)$/.exec(definition) ?? [];
  const values = [...(list ?? '').matchAll(/'([\w.]+)'::text/g)].map(([, value = '']) => value);
  return column === undefined || values.length === 0 ? null : { column, values };
}

/** The lists of all tables by `table.column`, and of the ledger's domains by their name. */
async function readLists(): Promise<Record<string, string[]>> {
  const checks = await database.db.$queryRaw<{ owner: string; isDomain: boolean; definition: string }[]>`
    SELECT coalesce(nullif(contypid, 0)::regtype::text, conrelid::regclass::text) AS owner, contypid <> 0 AS "isDomain",
      pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`;
  return Object.fromEntries(
    checks.flatMap(({ owner, isDomain, definition }) => {
      const list = listed(definition);
      return list === null ? [] : [[isDomain ? owner : `${owner}.${list.column}`, list.values]];
    }),
  );
}

it('each enum of the database has the values of its zod enum, and each zod enum is one of them', async () => {
  const enums = await database.db.$queryRaw<{ name: string; values: string[] }[]>`
    SELECT typname AS name, array_agg(enumlabel::text ORDER BY enumsortorder) AS values
    FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid WHERE typnamespace = 'public'::regnamespace GROUP BY typname`;
  const NAMES: Record<string, string> = { role: 'person_role' };
  const inCode = Object.entries(closedSets).map(([name, { options }]): [string, string[]] => [
    NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    options,
  ]);
  expect(Object.fromEntries(enums.map(({ name, values }) => [name, values]))).toEqual(
    Object.fromEntries(inCode),
  );
});

it('each list of values in a CHECK is that of one zod enum, or a set of the ledger', async () => {
  const lists = await readLists();
  const columns = Object.keys(lists).filter((name) => name.includes('.'));
  expect(sorted(columns)).toEqual(sorted([...Object.keys(GROWING), ...Object.keys(OF_THE_LEDGER)]));
  for (const [column, { options }] of Object.entries(GROWING))
    expect(sorted(lists[column] ?? []), column).toEqual(sorted(options));
  for (const [column, domain] of Object.entries(OF_THE_LEDGER))
    if (domain !== null) expect(lists[column], column).toEqual(lists[domain]);
});
