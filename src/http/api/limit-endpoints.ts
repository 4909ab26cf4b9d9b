import { z } from 'zod';
import { listLimits } from '../../limits/index.ts';
import { defineEndpoint, type Endpoint } from './endpoint.ts';
import { amount, instant, party, toParty } from './schemas.ts';

const limit = z
  .object({
    scope: z.enum(['office', 'department', 'member']),
    of: party,
    office: party.meta({ description: 'The office that it is, or belongs to.' }),
    period: z.enum(['month', 'day']),
    from: instant('When the period began, in the company’s time zone.'),
    to: instant('When it ends.'),
    limit: amount('0 blocks.'),
    spent: amount('What usage of the period has cost.'),
    held: amount('What open holds keep back.'),
    room: amount('What may still be held; never less than nothing.'),
    percent: z.number().int().meta({ description: 'Spent of the limit, rounded down.' }),
  })
  .meta({ id: 'SpendingLimit', description: 'A spending limit, and how far it is used.' });

export const LIMIT_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    method: 'GET',
    path: '/v1/limits',
    operationId: 'listLimits',
    tag: 'Limits',
    summary: 'List spending limits',
    description:
      'Those in force: offices first, then departments, then people, each by name. A hold that one does not allow is refused with `spending_limit`.',
    scope: 'limits:read',
    reply: z.object({ limits: z.array(limit) }),
    async handle({ deps, key }) {
      const limits = await listLimits(deps.db, key.companyId, deps.clock.now());
      return {
        limits: limits.map((each) => ({
          scope: each.subject.kind,
          of: toParty(each.named),
          office: toParty(each.named.office),
          period: each.period,
          from: each.from.toISOString(),
          to: each.to.toISOString(),
          limit: each.amount.toFixed(),
          spent: each.spent.toFixed(),
          held: each.held.toFixed(),
          room: each.room.toFixed(),
          percent: each.percent,
        })),
      };
    },
  }),
];
