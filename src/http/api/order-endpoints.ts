import { z } from 'zod';
import {
  type ListedOrder,
  listCompanyReceipts,
  listedOrderState,
  listOrders,
  readListedOrder,
} from '../../billing/index.ts';
import { paymentMethod } from '../../db/index.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { type ApiCall, defineEndpoint, type Endpoint } from './endpoint.ts';
import { amount, instant, nextCursor, pageQuery } from './schemas.ts';

const order = z
  .object({
    reference: z.string().meta({ description: 'Like `P-000123`.' }),
    at: instant('When it was confirmed.'),
    kind: z.string().meta({
      description: '`purchase`, `recharge`, or what begins a period of a bundle. More may be added.',
    }),
    offices: z.array(z.string()).meta({ description: 'Whose credits it buys; empty: the shared ones.' }),
    amount: amount(),
    state: listedOrderState.meta({
      description: '`settled`: it was paid and credited. `declined`: nothing was charged.',
    }),
    method: paymentMethod.nullable(),
    receipt: z.string().nullable().meta({ description: 'Like `R-000045`, once it is settled.' }),
    failure_code: z.string().nullable(),
  })
  .meta({ id: 'Order', description: 'A purchase, a recharge or a period of a bundle.' });

const orderWithLines = order
  .extend({
    lines: z.array(
      z.object({
        office: z.string().nullable().meta({ description: 'Null: the shared credits.' }),
        amount: amount(),
        credited: amount('Null: nothing yet.').nullable(),
        reversed: amount('What refunds and lost disputes took back.'),
      }),
    ),
  })
  .meta({ id: 'OrderWithLines', description: 'An order, and what became of each of its lines.' });

const receipt = z
  .object({
    number: z.string().meta({ description: 'Like `R-000045`; without gaps in a company.' }),
    at: instant('When it was credited.'),
    description: z.string().meta({ description: 'What was bought, to be read.' }),
    amount: amount(),
    method: paymentMethod,
    invoice: z.string().nullable().meta({ description: 'The invoice that it is on, once there is one.' }),
    lines: z.array(z.object({ label: z.string(), amount: amount() })),
    refunds: z.array(
      z.object({ number: z.string(), at: instant('When it was refunded.'), amount: amount() }),
    ),
  })
  .meta({ id: 'Receipt', description: 'A payment that was credited, with its refunds.' });

const query = pageQuery.extend({
  state: z.enum(['open']).optional().meta({ description: '`open`: only those whose money may still move.' }),
});

const ofOrders = { method: 'GET', tag: 'Orders', scope: 'orders:read' } as const;

export const ORDER_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    ...ofOrders,
    path: '/v1/orders',
    operationId: 'listOrders',
    summary: 'List orders',
    description: 'Confirmed purchases, recharges and periods of bundles, the newest first.',
    query,
    reply: z.object({ orders: z.array(order), next_cursor: nextCursor }),
    errors: ['bad-cursor'],
    handle: readOrders,
  }),
  defineEndpoint({
    ...ofOrders,
    path: '/v1/orders/:reference',
    operationId: 'readOrder',
    summary: 'Read an order',
    description: 'With its lines: how much was credited where, and what was taken back.',
    params: { reference: 'Like `P-000123`, or the number of its receipt, like `R-000045`.' },
    reply: orderWithLines,
    errors: ['order-unknown'],
    async handle({ deps, key, request }) {
      const { lines, ...found } = await readListedOrder(
        deps.db,
        key.companyId,
        request.params.reference ?? '',
      );
      return {
        ...describe(found),
        lines: lines.map((line) => ({
          office: line.office,
          amount: line.amount.toFixed(),
          credited: line.credited?.toFixed() ?? null,
          reversed: line.reversed.toFixed(),
        })),
      };
    },
  }),
  defineEndpoint({
    ...ofOrders,
    path: '/v1/receipts',
    operationId: 'listReceipts',
    summary: 'List receipts',
    description: 'Payments that were credited, the newest first.',
    query: pageQuery,
    reply: z.object({ receipts: z.array(receipt), next_cursor: nextCursor }),
    errors: ['bad-cursor'],
    handle: readReceipts,
  }),
];

async function readOrders(call: ApiCall<z.output<typeof query>>) {
  const { deps, key, query: asked } = call;
  const [createdAt, id] = readCursor(call, asked.cursor) ?? [];
  const found = await listOrders(deps.db, {
    companyId: key.companyId,
    isOpen: asked.state === 'open',
    limit: asked.limit + 1,
    ...(createdAt === undefined || id === undefined
      ? {}
      : { before: { createdAt: new Date(createdAt), id: BigInt(id) } }),
  });
  const shown = found.slice(0, asked.limit);
  const last = found.length > asked.limit ? shown.at(-1)?.place : undefined;
  const place = last === undefined ? null : [last.createdAt.toISOString(), last.id.toString()];
  return { orders: shown.map(describe), next_cursor: writeCursor(call, place) };
}

function describe(of: ListedOrder): z.input<typeof order> {
  return {
    reference: of.reference,
    at: of.at.toISOString(),
    kind: of.kind,
    offices: of.officeNames,
    amount: of.amount.toFixed(),
    state: of.state,
    method: of.method,
    receipt: of.receipt,
    failure_code: of.failureCode,
  };
}

async function readReceipts(call: ApiCall<z.output<typeof pageQuery>>) {
  const { deps, key, query: asked } = call;
  const [before] = readCursor(call, asked.cursor) ?? [];
  const { receipts, next } = await listCompanyReceipts(deps.db, key.companyId, {
    before: before === undefined ? null : BigInt(before),
    limit: asked.limit,
  });
  return {
    receipts: receipts.map(({ number, at, description, amount: paid, paid: by, lines, refunds }) => ({
      number,
      at: at.toISOString(),
      description,
      amount: paid.toFixed(),
      method: by.method,
      invoice: by.method === 'invoice' ? by.invoice : null,
      lines: lines.map((line) => ({ label: line.label, amount: line.amount.toFixed() })),
      refunds: refunds.map((refund) => ({
        number: refund.number,
        at: refund.at.toISOString(),
        amount: refund.amount.toFixed(),
      })),
    })),
    next_cursor: writeCursor(call, next === null ? null : [next.toString()]),
  };
}
