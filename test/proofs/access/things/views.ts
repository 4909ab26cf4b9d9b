import { randomBytes, randomInt } from 'node:crypto';
import { DAY_MS } from '../../../../src/durations.ts';
import { dollars, toMicros } from '../../../../src/money.ts';
import { encodeScope } from '../../../../src/org/index.ts';
import { encodeAudit, UNFILTERED_AUDIT } from '../../../../src/slack/features/audit/audit-state.ts';
import { encodeFilter } from '../../../../src/slack/features/usage/filter-state.ts';
import { encodeState } from '../../../../src/slack/features/usage/usage-state.ts';
import { encodeWhy } from '../../../../src/slack/features/why/why-state.ts';
import { draftExport, encodeQuery, requestExport } from '../../../../src/usage/index.ts';
import { officeOf, type Place, scopeOf, type Thing } from './thing.ts';

function lastDays(place: Place) {
  const today = Math.floor(place.world.app.billing.clock.now().getTime() / DAY_MS) * DAY_MS;
  return { from: new Date(today - 3 * DAY_MS), to: new Date(today + DAY_MS), officeIds: [officeOf(place)] };
}

function whyOf(place: Place): string {
  return encodeWhy({ scope: scopeOf(place), period: 'week', page: { of: 'days', after: null } });
}

/** Exports of the owner's that are under way end, as nobody may have many. */
async function endExports({ world, owner }: Place): Promise<void> {
  await world.app.db.usageExport.updateMany({
    where: { companyId: owner.company.id, userId: owner.userId, state: 'queued' },
    data: { state: 'cancelled', finishedAt: world.app.billing.clock.now() },
  });
}

export const viewThings = {
  usage: {
    make: async (place) => ({ value: encodeState({ query: lastDays(place), turned: [], skipped: 0 }) ?? '' }),
  },
  audit: { make: async () => ({ value: encodeAudit(UNFILTERED_AUDIT) }) },
  auditFilter: { make: async () => ({ block: encodeAudit(UNFILTERED_AUDIT), selected: 'all' }) },
  usageFilter: {
    make: async (place) => ({ block: encodeFilter('sums', lastDays(place)) ?? '', selected: 'all' }),
  },
  recordFilter: {
    make: async (place) => ({ block: encodeFilter('records', lastDays(place)) ?? '', selected: 'same' }),
  },
  usageQuery: { make: async (place) => ({ value: encodeQuery(lastDays(place)) ?? '' }) },
  why: { make: async (place) => ({ value: whyOf(place), metadata: whyOf(place), selected: 'today' }) },
  whyScope: { make: async (place) => ({ metadata: whyOf(place), selected: encodeScope(scopeOf(place)) }) },
  invoice: {
    async make({ world, estate }) {
      const at = world.app.billing.clock.now();
      const { token } = await world.app.db.invoice.create({
        data: {
          companyId: estate.company.companyId,
          token: randomBytes(18).toString('base64url'),
          year: 2026,
          number: randomInt(1, 2 ** 30),
          startsAt: new Date(at.getTime() - 30 * DAY_MS),
          closesAt: at,
          issuedAt: at,
          dueAt: new Date(at.getTime() + 30 * DAY_MS),
          totalMicros: toMicros(dollars('120')),
          state: 'open',
        },
      });
      return { value: token };
    },
  },
  runningExport: {
    async make(place) {
      await endExports(place);
      const { app } = place.world;
      const query = lastDays(place);
      const deps = { db: app.db, clock: app.billing.clock };
      const { token, timeZone } = await draftExport(deps, place.owner, { query, askedIn: null });
      const choice = { query, timeZone, fileName: 'usage.csv', isForChannel: false };
      await requestExport(deps, place.owner, token, choice);
      return { value: token };
    },
    age: endExports,
  },
} satisfies Record<string, Thing>;
