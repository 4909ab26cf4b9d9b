import { randomInt } from 'node:crypto';
import { findSharingDraft, openSettings, openSharing, reviewSharing } from '../../../../src/billing/index.ts';
import { endSpendingLimit, setSpendingLimit } from '../../../../src/ledger/index.ts';
import { dollars } from '../../../../src/money.ts';
import { encodeQuietHours, readQuietHours } from '../../../../src/notices/index.ts';
import { blockOf, elementOf, isAlert } from '../../../../src/slack/features/settings/settings-form.ts';
import { draftExport, scheduleExport } from '../../../../src/usage/index.ts';
import { IDS } from '../../../support/slack-ids.ts';
import { type Carried, chosen, many, officeOf, type Place, type Thing, typed, walletOf } from './thing.ts';

const { action, field } = IDS;

const deps = ({ world: { app } }: Place) => ({ db: app.db, clock: app.billing.clock });

/**
 * Sharing changes only where no charge is under way. It closes what is open, one by one: of the hundreds that this proof
 * has left by then a company has a few.
 */
async function endCharges({ world, estate }: Place): Promise<void> {
  const { db, billing } = world.app;
  const { companyId } = estate.company;
  await db.purchaseOrder.updateMany({
    where: { companyId, state: { in: ['confirmed', 'needs_action', 'awaiting_approval'] } },
    data: { state: 'abandoned', verifyUntil: null },
  });
  const at = billing.clock.now();
  const open = { companyId, state: 'open' as const };
  await db.approval.updateMany({ where: open, data: { state: 'expired', decidedAt: at } });
  await db.creditRequest.updateMany({ where: open, data: { state: 'expired', answeredAt: at } });
}

const limitAmount = (): string => `${randomInt(10_000, 90_000)}.${randomInt(10, 99)}`;

/** Of a new department, as there is one limit of each: another request may have ended it meanwhile. */
async function setOfficeLimit(place: Place): Promise<bigint> {
  const { db, billing } = place.world.app;
  const { companyId } = place.estate.company;
  const department = await db.department.create({
    data: { companyId, officeId: officeOf(place), name: `Limited ${randomInt(2 ** 40)}` },
  });
  return await setSpendingLimit(db, {
    companyId,
    subject: { kind: 'department', departmentId: department.id },
    period: 'month',
    amount: dollars(limitAmount()),
    levels: [100],
    setBy: 'test',
    at: billing.clock.now(),
  });
}

async function openShare(place: Place): Promise<string> {
  await endCharges(place);
  return (await openSharing(deps(place), place.owner)).token;
}

export const formThings = {
  exportForm: {
    async make(place) {
      const { owner, world } = place;
      await world.app.db.usageExport.updateMany({
        where: { companyId: owner.company.id, userId: owner.userId, state: 'queued' },
        data: { state: 'cancelled', finishedAt: world.app.billing.clock.now() },
      });
      const query = { from: new Date('2026-11-01T08:00:00Z'), to: new Date('2026-12-01T08:00:00Z') };
      const { token } = await draftExport(deps(place), owner, { query, askedIn: null });
      const period = {
        ...chosen(action.exportPeriod, '2026-11'),
        ...chosen(field.exportZone, 'America/Los_Angeles'),
      };
      return {
        metadata: token,
        values: { ...period, ...many(field.exportOffices, [officeOf(place).toString()]) },
      };
    },
  },
  /** A limit within the office: its list's and its form's buttons, and the question whether it ends. */
  limit: {
    async make(place) {
      const id = (await setOfficeLimit(place)).toString();
      return { value: id, metadata: id };
    },
    async age(place, { value = '0' }) {
      const { db, billing } = place.world.app;
      await endSpendingLimit(db, {
        companyId: place.estate.company.companyId,
        limitId: BigInt(value),
        at: billing.clock.now(),
      });
    },
  },
  limitForm: {
    make: async (place) => ({
      metadata: '',
      values: {
        ...chosen(field.limitOf, `office:${officeOf(place)}`),
        ...chosen(field.limitPeriod, 'month'),
        ...typed(field.limitAmount, limitAmount()),
        ...typed(field.limitLevels, '50, 80'),
      },
    }),
  },
  limitReview: {
    make: async (place) => ({
      metadata: `office:${officeOf(place)}.month.${randomInt(1_000_000, 9_000_000)}.50-80-100`,
    }),
  },
  requestForm: {
    async make(place) {
      await closeRequests(place);
      return { metadata: '', values: { ...typed(field.amount, '15'), ...typed(field.reason, 'For calls') } };
    },
  },
  /** What is typed after `/credits request`. */
  wish: {
    async make(place) {
      await closeRequests(place);
      return { value: '15 for calls' };
    },
  },
  linkCode: { make: async () => ({ value: 'K7QM-2WXT-9FHB' }) },
  settingsForm: {
    async make(place) {
      const { token, settings } = await openSettings(deps(place), place.owner);
      const alert = settings.find((each) => isAlert(each) && each.walletId === walletOf(place).toString());
      if (alert === undefined) throw new Error('each wallet has its alert');
      const level = `${randomInt(1, 400)}.${randomInt(10, 99)}`;
      return { metadata: token, values: { [blockOf(alert)]: { [elementOf(alert)]: { value: level } } } };
    },
    age: forget,
  },
  /** A schedule of one's own. */
  schedule: {
    async make(place) {
      const { officeIds, categories } = { officeIds: [officeOf(place)], categories: [] };
      const to = { toUserId: place.owner.userId, toChannel: null };
      const done = await scheduleExport(deps(place), place.owner, {
        every: 'week',
        ...to,
        officeIds,
        categories,
      });
      if (done.outcome !== 'scheduled') throw new Error('each may schedule an export to themselves');
      return { value: done.schedule.id.toString() };
    },
  },
  scheduleForm: {
    async make(place) {
      await place.world.app.db.exportSchedule.deleteMany();
      return {
        metadata: '',
        values: {
          ...chosen(field.scheduleEvery, 'week'),
          [field.schedulePerson]: { [field.schedulePerson]: { selected_user: place.owner.userId } },
          ...many(field.scheduleOffices, [officeOf(place).toString()]),
        },
      };
    },
  },
  /** Quiet hours over whatever is set: their form names what it showed. */
  quietForm: {
    async make(place) {
      const shown = await readQuietHours(place.world.app.db, place.estate.company.companyId);
      const minute = String(randomInt(10, 60));
      return {
        metadata: shown === null ? '' : encodeQuietHours(shown),
        values: {
          ...chosen(field.quietOn, 'on'),
          [field.quietFrom]: { [field.quietFrom]: { selected_time: `02:${minute}` } },
          [field.quietTo]: { [field.quietTo]: { selected_time: '03:00' } },
          ...many(field.quietDays, ['1', '2']),
          ...chosen(field.quietZone, 'UTC'),
        },
      };
    },
  },
  /** No charge is under way. */
  quiet: {
    async make(place) {
      await endCharges(place);
      return {};
    },
  },
  sharingForm: {
    make: async (place) => ({ metadata: await openShare(place), values: {} }),
    age: forget,
  },
  sharingReview: {
    async make(place) {
      const token = await openShare(place);
      const { choice } = await findSharingDraft(deps(place), place.owner, token);
      await reviewSharing(deps(place), place.owner, token, choice);
      return { metadata: token };
    },
    age: forget,
  },
} satisfies Record<string, Thing>;

/** The form was used, or open for too long. */
async function forget({ world }: Place, { metadata = '' }: Carried): Promise<void> {
  await world.app.db.draft.deleteMany({ where: { token: metadata } });
}

/** One open request a person. */
async function closeRequests({ world, estate, owner }: Place): Promise<void> {
  await world.app.db.creditRequest.updateMany({
    where: {
      companyId: estate.company.companyId,
      askedBy: `${owner.teamId}/${owner.userId}`,
      state: 'open',
    },
    data: { state: 'expired', answeredAt: world.app.billing.clock.now() },
  });
}
