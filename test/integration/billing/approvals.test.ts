import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredChange } from '../../../src/billing/approvals/approvable.ts';
import { askForChange } from '../../../src/billing/approvals/ask-approval.ts';
import {
  decideApproval,
  decideAsOperator,
  listOpenApprovals,
  setOperatorApprovalLimit,
} from '../../../src/billing/index.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { RefillError } from '../../../src/errors.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars, toMicros } from '../../../src/money.ts';
import {
  actAsOperator,
  findCompany,
  findPerson,
  listWalletsWithoutApprover,
  lockCompany,
  type Person,
  type Role,
} from '../../../src/org/index.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';

let room: BillingRoom;
let acme: TestCompany;
let newYork: bigint;
let walletId: string;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-02T18:00:00Z');
});
afterAll(() => room?.close());

beforeEach(async () => {
  const { db } = room.deps;
  acme = await testCompany(db, { pooled: false });
  newYork = acme.officeIds[1] ?? 0n;
  const { wallets } = await readBalance(db, acme.companyId, room.clock.now());
  walletId = String(wallets.find(({ officeId }) => officeId === newYork)?.walletId);
  await db.company.update({
    where: { id: acme.companyId },
    data: { approvalLimitMicros: toMicros(dollars('100')) },
  });
});

/** Grants a role, an hour old unless `ageMs` is given, and returns the person. */
async function give(userId: string, role: Role, officeId: bigint | null = null, ageMs = 48 * HOUR_MS) {
  await room.deps.db.roleAssignment.create({
    data: {
      companyId: acme.companyId,
      teamId: acme.teamId,
      userId,
      role,
      officeId,
      grantedBy: 'test',
      grantedAt: new Date(room.clock.now().getTime() - ageMs),
    },
  });
  return await person(userId);
}

async function person(userId: string): Promise<Person> {
  const found = await findPerson(room.deps.db, { teamId: acme.teamId, userId });
  if (found === null) throw new Error(`${userId} has no role`);
  return found;
}

const revoke = (userId: string) =>
  room.deps.db.roleAssignment.deleteMany({ where: { companyId: acme.companyId, userId } });

/** Every kind of change that is asked about, and whether company admins alone may answer it. */
const kinds = (): Record<string, { change: StoredChange; isCompanyWide: boolean }> => {
  const ofOffice = { officeId: String(newYork), amount: '150.00' };
  const bundle = { ...ofOffice, bundleId: '1', token: randomUUID(), name: 'Calling 150' };
  const recharge = { kind: 'recharge', ...ofOffice, walletId, threshold: '5.00', chargesNow: false } as const;
  return {
    'an auto-recharge amount': { change: { ...recharge, cap: '500.00' }, isCompanyWide: false },
    'a recharge limit': { change: { ...recharge, cap: '900.00' }, isCompanyWide: true },
    'a bundle': { change: { kind: 'bundle', ...bundle, period: 'monthly' }, isCompanyWide: false },
    'another bundle': {
      change: { kind: 'bundle_change', ...bundle, period: 'monthly', from: 'Calling 50' },
      isCompanyWide: false,
    },
    'charged recurring credits': { change: { kind: 'recurring', ...ofOffice }, isCompanyWide: false },
    'the approval limit': { change: { kind: 'limit', to: null, amount: '100.00' }, isCompanyWide: true },
  };
};

async function ask(change: StoredChange, askedBy = `${acme.teamId}/UANA`): Promise<string> {
  const { db } = room.deps;
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, acme.companyId);
    const company = await findCompany(tx, acme.companyId);
    if (company !== null) await askForChange(tx, company, { change, askedBy }, room.clock.now());
  });
  const { token } = await db.approval.findFirstOrThrow({
    where: { companyId: acme.companyId, state: 'open' },
    orderBy: { id: 'desc' },
  });
  return token;
}

const answer = async (who: Person, token: string, how: 'approved' | 'declined' = 'declined') =>
  await decideApproval(room.deps, who, token, how).then(
    ({ outcome }) => outcome,
    (error: unknown) => (error instanceof RefillError ? error.code : error),
  );

const noticesOf = (token: string) =>
  room.deps.db.notice.findMany({
    where: { companyId: acme.companyId, facts: { path: ['token'], equals: token } },
    orderBy: { id: 'asc' },
  });

describe('who may answer', () => {
  it('each kind is answered by those whose it is, and by nobody else, the requester least of all', async () => {
    const mayNot = [
      await give('UOTHER', 'office_admin', acme.officeIds[0]),
      await give('UMANAGER', 'manager', newYork),
      await give('UMEMBER', 'member'),
    ];
    const officeAdmin = await give('UOFFICE', 'office_admin', newYork);
    for (const [kind, { change, isCompanyWide }] of Object.entries(kinds())) {
      const token = await ask(change);
      for (const who of isCompanyWide ? [...mayNot, officeAdmin] : mayNot)
        expect([kind, who.userId, await answer(who, token)]).toEqual([kind, who.userId, 'not-approver']);
      expect([kind, await answer(acme.ana, token)]).toEqual([kind, 'approver-is-requester']);
      expect([kind, await answer(isCompanyWide ? acme.li : officeAdmin, token)]).toEqual([kind, 'decided']);
      expect([kind, await answer(acme.li, token)]).toEqual([kind, 'already']);
      if (isCompanyWide) continue;
      expect([kind, await answer(acme.li, await ask(change))]).toEqual([kind, 'decided']);
    }
  });

  it('a right that was revoked after the click was made does not count', async () => {
    const officeAdmin = await give('UOFFICE', 'office_admin', newYork);
    const change = kinds()['an auto-recharge amount']?.change as StoredChange;
    const token = await ask(change);
    await revoke('UOFFICE');
    await give('UOFFICE', 'manager', newYork);
    await revoke('ULI');
    expect(await answer(officeAdmin, token)).toBe('not-approver');
    expect(await answer(acme.li, token, 'approved')).toBe('not-allowed');
    expect(await room.deps.db.approval.count({ where: { token, state: 'open' } })).toBe(1);
  });

  it('resuming a paused auto-recharge is the company admins’ alone', async () => {
    const officeAdmin = await give('UOFFICE', 'office_admin', newYork);
    const at = room.clock.now();
    await room.deps.db.rechargeSetting.create({
      data: {
        companyId: acme.companyId,
        walletId: BigInt(walletId),
        officeId: newYork,
        isOn: true,
        thresholdMicros: toMicros(dollars('5')),
        amountMicros: toMicros(dollars('50')),
        capMicros: toMicros(dollars('500')),
        pausedFor: 'declined',
        monthStartsAt: at,
        monthEndsAt: new Date(at.getTime() + 24 * HOUR_MS),
        setBy: 'test',
        setAt: at,
      },
    });
    const token = await ask(kinds()['an auto-recharge amount']?.change as StoredChange);
    expect(await answer(officeAdmin, token)).toBe('not-approver');
    expect(await answer(acme.li, token)).toBe('decided');
  });
});

describe('a question', () => {
  it('goes to five people by direct message, company admins first, and to the channel, which mentions these', async () => {
    for (const n of [1, 2, 3]) await give(`UOFFICE${n}`, 'office_admin', newYork);
    for (const n of [1, 2, 3]) await give(`UADMIN${n}`, 'company_admin', null, n * HOUR_MS);
    const token = await ask(kinds()['a bundle']?.change as StoredChange);
    const [channel, ...direct] = await noticesOf(token);
    const asked = ['ULI', 'UADMIN3', 'UADMIN2', 'UADMIN1', 'UOFFICE1'];
    expect(direct.map(({ channelId }) => channelId)).toEqual(asked);
    expect(channel?.channelId).toBe('CCREDITS');
    expect(channel?.facts).toMatchObject({ answererIds: asked, moreAnswerers: 2 });
    expect(direct[0]?.facts).toMatchObject({ answererIds: [] });
  });

  it('needs no channel, is answered once, and shows its answer in every message', async () => {
    await room.deps.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
    const officeAdmin = await give('UOFFICE', 'office_admin', newYork, 2 * HOUR_MS);
    const token = await ask(kinds()['a bundle']?.change as StoredChange);
    expect((await noticesOf(token)).map(({ channelId }) => channelId)).toEqual(['ULI', 'UOFFICE']);
    const answers = await Promise.all([
      answer(acme.li, token),
      answer(officeAdmin, token),
      answer(acme.li, token),
    ]);
    expect(answers.toSorted()).toEqual(['already', 'already', 'decided']);
    const messages = await noticesOf(token);
    expect(messages.map(({ channelId }) => channelId)).toEqual(['ULI', 'UOFFICE', 'UANA']);
    for (const { facts } of messages) expect(facts).toMatchObject({ state: 'declined' });
  });

  it('names an approver whose role is younger than a day, and the audit one with the requester’s e-mail address', async () => {
    const { db } = room.deps;
    const limit = () => kinds()['the approval limit']?.change as StoredChange;
    await give('UNEW', 'company_admin', null, 2 * HOUR_MS);
    for (const [slackUserId, email] of [
      ['UANA', 'ana@acme.example'],
      ['UNEW', 'Ana+two@Acme.example'],
    ] as const)
      await db.member.create({
        data: {
          companyId: acme.companyId,
          officeId: newYork,
          kind: 'person',
          name: slackUserId,
          email,
          licence: 'talk',
          slackUserId,
        },
      });
    const token = await ask(limit());
    expect(await answer(await person('UNEW'), token, 'approved')).toBe('decided');
    const since = new Date(room.clock.now().getTime() - 2 * HOUR_MS).toISOString();
    for (const { facts } of await noticesOf(token)) expect(facts).toMatchObject({ approverSince: since });
    const audit = () =>
      db.audit.findFirstOrThrow({
        where: { companyId: acme.companyId, action: 'approval-approved' },
        orderBy: { id: 'desc' },
      });
    expect((await audit()).details).toMatchObject({ approverSince: since, sameEmail: true });
    const where = { id: acme.companyId };
    await db.company.update({ where, data: { approvalLimitMicros: toMicros(dollars('100')) } });
    const again = await ask(limit());
    expect(await answer(acme.li, again, 'approved')).toBe('decided');
    for (const { facts } of await noticesOf(again)) expect(facts).toMatchObject({ approverSince: null });
    expect((await audit()).details).not.toHaveProperty('sameEmail');
  });

  it('is not asked where nobody but the requester could answer it', async () => {
    await give('UOFFICE', 'office_admin', newYork);
    await revoke('ULI');
    for (const [kind, { change, isCompanyWide }] of Object.entries(kinds())) {
      const asked = await ask(change).then(
        () => 'asked',
        (error: unknown) => (error instanceof RefillError ? error.code : error),
      );
      expect([kind, asked]).toEqual([kind, isCompanyWide ? 'no-approver' : 'asked']);
    }
  });
});

describe('wallets that too few people could approve for', () => {
  it('are named by their office, or as the company’s where credits are shared', async () => {
    const { db } = room.deps;
    const lacking = async () => {
      const company = await findCompany(db, acme.companyId);
      return company === null
        ? []
        : (await listWalletsWithoutApprover(db, company)).map(
            ({ label, approvers }) => `${label} ${approvers}`,
          );
    };
    expect(await lacking()).toEqual([]);
    await revoke('ULI');
    await give('UOFFICE', 'office_admin', newYork);
    expect(await lacking()).toEqual(['San Francisco 1']);
    await revoke('UOFFICE');
    expect(await lacking()).toEqual(['San Francisco 1', 'New York 1']);
    await db.company.update({ where: { id: acme.companyId }, data: { pooled: true } });
    await give('UOFFICE', 'office_admin', newYork);
    expect(await lacking()).toEqual(['Acme Corp 1']);
    await give('UADMIN', 'company_admin');
    expect(await lacking()).toEqual([]);
  });
});

describe('the operator', () => {
  const asOperator = (name: string, token: string, how: 'approved' | 'declined') =>
    actAsOperator(name, async () => {
      const { id } = await room.deps.db.approval.findFirstOrThrow({ where: { token } });
      const where = { companyId: acme.companyId, approvalId: id };
      return await decideAsOperator(room.deps, where, how, 'Li has left').then(
        ({ outcome }) => outcome,
        (error: unknown) => (error instanceof RefillError ? error.code : error),
      );
    });

  it('answers for a company without a second admin, with a reason, and never what they asked themselves', async () => {
    const { db } = room.deps;
    const member = {
      officeId: newYork,
      kind: 'person' as const,
      name: 'Ana Reyes',
      licence: 'talk',
      slackUserId: 'UANA',
    };
    await db.member.create({ data: { companyId: acme.companyId, email: 'ana.r@acme.example', ...member } });
    const token = await ask(kinds()['the approval limit']?.change as StoredChange);
    await revoke('ULI');
    const [open] = await listOpenApprovals(db, { companyId: acme.companyId, at: room.clock.now() });
    expect(open).toMatchObject({ kind: 'limit', requestedBy: 'UANA', approverIds: [] });
    for (const name of ['UANA', 'ana.r', 'Ana.R@acme.example', 'ana reyes'])
      expect([name, await asOperator(name, token, 'approved')]).toEqual([name, 'approver-is-requester']);
    expect(await asOperator('olga', token, 'approved')).toBe('decided');
    expect(await asOperator('olga', token, 'declined')).toBe('already');
    const company = await db.company.findUniqueOrThrow({ where: { id: acme.companyId } });
    expect(company.approvalLimitMicros).toBeNull();
    for (const { facts } of await noticesOf(token))
      expect(facts).toMatchObject({ state: 'approved', decidedBy: null, reason: 'Li has left' });
    const where = { companyId: acme.companyId, action: 'approval-approved' };
    expect(await db.audit.findFirstOrThrow({ where })).toMatchObject({
      actor: 'operator:olga',
      surface: 'operator',
      reason: 'Li has left',
    });
  });

  it('leaves what they asked themselves to the company', async () => {
    const token = await ask(kinds()['charged recurring credits']?.change as StoredChange, 'operator');
    expect(await asOperator('olga', token, 'approved')).toBe('approver-is-requester');
    expect(await answer(acme.ana, token)).toBe('decided');
  });

  it('sets no limit where fewer than two could approve, unless forced to', async () => {
    await revoke('ULI');
    await give('UOFFICE', 'office_admin', newYork);
    const { companyId } = acme;
    const wanted = { companyId, limit: dollars('80'), at: room.clock.now() };
    await expect(setOperatorApprovalLimit(room.deps.db, wanted)).rejects.toThrow(/for San Francisco\./);
    const lacking = await setOperatorApprovalLimit(room.deps.db, { ...wanted, isForced: true });
    expect(lacking.map(({ label }) => label)).toEqual(['San Francisco']);
    expect(await setOperatorApprovalLimit(room.deps.db, { ...wanted, limit: null })).toEqual([]);
  });
});
