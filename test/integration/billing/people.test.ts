import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantRoleAndNotify, revokeRoleAndNotify } from '../../../src/billing/index.ts';
import { DEFAULT_RECHARGE_CHOICE } from '../../../src/billing/recharge-choice.ts';
import { MovableClock } from '../../../src/clock.ts';
import { type NewUsage, postUsage } from '../../../src/ledger/index.ts';
import { dollars, toMicros } from '../../../src/money.ts';
import {
  buyableScopes,
  canManage,
  canSeeMoney,
  findPerson,
  type Granter,
  isCompanyAdmin,
  listBuyers,
  listOperatorNotices,
  listPeople,
  managedDepartments,
  moneyOffices,
  type Person,
  type RoleChoice,
  recordStanding,
  visibleOffices,
} from '../../../src/org/index.ts';
import { readBreakdown, readRecords } from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;
const operator: Granter = 'operator';

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  clock = new MovableClock();
  acme = await testCompany(database.db, { pooled: false });
});

const deps = () => ({ db: database.db, clock });
const by = ({ teamId, userId }: Person): Granter => ({ teamId, userId });
const sf = () => acme.officeIds[0];
const ny = () => acme.officeIds[1] ?? 0n;
const choice = (role: RoleChoice['role'], officeIds: bigint[] = [], departmentIds: bigint[] = []) => ({
  role,
  officeIds,
  departmentIds,
});
const give = (userId: string, what: RoleChoice, granter: Granter = by(acme.ana)) =>
  grantRoleAndNotify(deps(), { companyId: acme.companyId, userId, by: granter }, what);
const take = (
  userId: string,
  what: RoleChoice | null = null,
  granter: Granter = by(acme.ana),
  isForced = false,
) =>
  revokeRoleAndNotify(
    deps(),
    { companyId: acme.companyId, userId, by: granter, isForced },
    what === null ? null : [what],
  );
const find = (userId: string) => findPerson(database.db, { teamId: acme.teamId, userId });
const must = async (userId: string): Promise<Person> => {
  const person = await find(userId);
  if (person === null) throw new Error(`${userId} is unknown`);
  return person;
};
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const department = async (officeId: bigint, name: string): Promise<bigint> =>
  (await database.db.department.create({ data: { companyId: acme.companyId, officeId, name } })).id;
const standing = (userId: string, isFull: boolean) =>
  recordStanding(database.db, { teamId: acme.teamId, userId, isFull, at: clock.now() });
const admins = async () =>
  (await listBuyers(database.db, acme.companyId)).flatMap(({ role, userId }) =>
    role === 'company_admin' ? [userId] : [],
  );

describe('a person', () => {
  it('of the directory is a member once matched in the workspace, and nobody before or after', async () => {
    const { id } = await database.db.member.create({
      data: { companyId: acme.companyId, officeId: ny(), kind: 'person', name: 'Priya', licence: 'talk' },
    });
    expect(await find('UPRIYA')).toBeNull();
    const where = { companyId_id: { companyId: acme.companyId, id } };
    await database.db.member.update({ where, data: { slackUserId: 'UPRIYA' } });
    const priya = await must('UPRIYA');
    expect(priya.roles).toEqual([{ role: 'member', officeId: null, departmentId: null }]);
    expect([canSeeMoney(priya), visibleOffices(priya), buyableScopes(priya)]).toEqual([false, [], []]);
    await database.db.member.update({ where, data: { active: false } });
    expect(await find('UPRIYA')).toBeNull();
  });

  it('needs no directory entry to be given any role', async () => {
    await give('UMARCO', choice('manager', [sf()]));
    await give('UOTTO', choice('office_admin', [sf(), ny()]));
    await give('USAM', choice('company_admin'));
    await give('UEVE', choice('member'));
    expect(visibleOffices(await must('UMARCO')).map(({ id }) => id)).toEqual([sf()]);
    expect(buyableScopes(await must('UOTTO'))).toHaveLength(2);
    expect(isCompanyAdmin(await must('USAM'))).toBe(true);
    expect((await must('UEVE')).roles).toEqual([{ role: 'member', officeId: null, departmentId: null }]);
  });

  it('who manages one office and administers another sees no money of the one they manage', async () => {
    await give('ULEA', choice('office_admin', [ny()]));
    await give('ULEA', choice('manager', [sf()]));
    const lea = await must('ULEA');
    expect(moneyOffices(lea).map(({ id }) => id)).toEqual([ny()]);
    expect(visibleOffices(lea).map(({ id }) => id)).toEqual([sf(), ny()]);
  });
});

describe('granting', () => {
  it('is the company admins’ and the operator’s alone', async () => {
    await give('UOTTO', choice('office_admin', [ny()]));
    await give('UMARCO', choice('manager', [ny()]), operator);
    for (const userId of ['UOTTO', 'UMARCO', 'USTRANGER']) {
      const someone: Granter = { teamId: acme.teamId, userId };
      await expect(give('UEVE', choice('member'), someone)).rejects.toEqual(code('not-company-admin'));
      await expect(give(userId, choice('company_admin'), someone)).rejects.toEqual(code('not-company-admin'));
      await expect(take('ULI', null, someone)).rejects.toEqual(code('not-company-admin'));
    }
    const other = await testCompany(database.db);
    await expect(give('UEVE', choice('member'), by(other.ana))).rejects.toEqual(code('not-company-admin'));
    expect(await find('UEVE')).toBeNull();
  });

  it('keeps the date of what was granted before, and names who granted it', async () => {
    const first = await give('UOTTO', choice('office_admin', [ny()]));
    expect(first.map(({ place }) => place)).toEqual(['New York']);
    const at = clock.now();
    clock.advance(3_600_000);
    expect(await give('UOTTO', choice('office_admin', [ny(), sf()]), operator)).toHaveLength(1);
    const otto = (await listPeople(database.db, acme.companyId)).find(({ userId }) => userId === 'UOTTO');
    expect(otto?.roles.map(({ place, grantedBy }) => [place, grantedBy])).toEqual([
      ['New York', `${acme.teamId}/UANA`],
      ['San Francisco', 'operator'],
    ]);
    expect(otto?.roles[0]?.grantedAt.getTime()).toBeLessThanOrEqual(at.getTime());
  });

  it('refuses offices of another company, none where one is needed, and a role that is included already', async () => {
    const other = await testCompany(database.db);
    await expect(give('UEVE', choice('manager', [other.officeIds[0]]))).rejects.toEqual(
      code('place-unknown'),
    );
    await expect(give('UEVE', choice('office_admin'))).rejects.toEqual(code('place-needed'));
    const sales = await department(ny(), 'Sales');
    await expect(give('UEVE', choice('office_admin', [], [sales]))).rejects.toEqual(code('place-unexpected'));
    await expect(give('UEVE', choice('company_admin', [ny()]))).rejects.toEqual(code('place-unexpected'));
    await expect(give('ULI', choice('manager', [ny()]))).rejects.toEqual(code('role-included'));
    await expect(give('UANA', choice('office_admin', [ny()]))).rejects.toEqual(code('role-included'));
  });

  it('is audited, and told to every company admin, to the person, and to the operator', async () => {
    await give('UOTTO', choice('office_admin', [ny()]));
    await take('UOTTO');
    const notices = await database.db.notice.findMany({
      where: { companyId: acme.companyId, kind: 'role_change' },
      orderBy: { id: 'asc' },
    });
    expect(notices.map(({ channelId }) => channelId)).toEqual([
      'UANA',
      'ULI',
      'UOTTO',
      'UANA',
      'ULI',
      'UOTTO',
    ]);
    const audits = await database.db.audit.findMany({
      where: { companyId: acme.companyId, action: { startsWith: 'role-' } },
      orderBy: { id: 'asc' },
    });
    expect(audits.map(({ action, actor, details }) => [action, actor, details])).toEqual(
      ['role-granted', 'role-revoked'].map((action) => [
        action,
        `${acme.teamId}/UANA`,
        { teamId: acme.teamId, userId: 'UOTTO', role: 'office_admin', place: 'New York' },
      ]),
    );
    const told = (await listOperatorNotices(database.db)).filter(
      ({ company }) => company?.id === acme.companyId,
    );
    expect(told).toMatchObject([{ kind: 'role-changed', count: 2, details: { event: 'revoked' } }]);
  });
});

describe('a role for a second account of one e-mail address', () => {
  const enter = (name: string, email: string, slackUserId: string) =>
    database.db.member.create({
      data: {
        companyId: acme.companyId,
        officeId: ny(),
        kind: 'person',
        name,
        email,
        slackUserId,
        licence: 'talk',
      },
    });

  it('is given, and flagged in the audit and to the operator', async () => {
    await enter('Ana', 'ana@acme.example', 'UANA');
    await enter('Ana (admin)', 'Ana+admin@ACME.example', 'UANA2');
    await enter('Anna', 'anna@acme.example', 'UANNA');
    await give('UANNA', choice('company_admin'));
    await give('UANA2', choice('company_admin'));
    const audits = await database.db.audit.findMany({
      where: { companyId: acme.companyId, action: 'role-granted' },
      orderBy: { id: 'asc' },
    });
    expect(audits.map(({ details }) => details)).toMatchObject([{ userId: 'UANNA' }, { userId: 'UANA2' }]);
    expect(audits[0]?.details).not.toHaveProperty('sameEmail');
    expect(audits[1]?.details).toMatchObject({ sameEmail: true });
    const told = (await listOperatorNotices(database.db)).filter(
      ({ kind, company }) => kind === 'same-email' && company?.id === acme.companyId,
    );
    expect(told).toMatchObject([{ details: { userIds: 'UANA2, UANA' } }]);
  });
});

describe('the last active company admin', () => {
  it('is neither revoked nor lowered, but by the operator’s force, which the operator is told of', async () => {
    await take('ULI');
    await expect(take('UANA')).rejects.toEqual(code('last-admin'));
    await expect(take('UANA', choice('company_admin'), operator)).rejects.toEqual(code('last-admin'));
    await expect(take('UANA', null, by(acme.ana), true)).rejects.toEqual(code('last-admin'));
    expect(await take('UANA', null, operator, true)).toMatchObject({ leavesNoAdmin: true });
    const kinds = async () =>
      (await listOperatorNotices(database.db)).flatMap(({ company, kind }) =>
        company?.id === acme.companyId ? [kind] : [],
      );
    expect(await kinds()).toContain('no-company-admin');
    await give('UEVE', choice('company_admin'), operator);
    expect(await kinds()).not.toContain('no-company-admin');
  });

  it('does not count who is deactivated in Slack: their role is suspended, and listed so', async () => {
    await standing('ULI', false);
    expect(await find('ULI')).toBeNull();
    expect(await admins()).toEqual(['UANA']);
    const li = (await listPeople(database.db, acme.companyId)).find(({ userId }) => userId === 'ULI');
    expect(li?.suspendedAt).toBeInstanceOf(Date);
    await expect(take('UANA')).rejects.toEqual(code('last-admin'));
    await expect(take('UANA', null, by(acme.li))).rejects.toEqual(code('not-company-admin'));
    await standing('ULI', true);
    expect(await admins()).toEqual(['UANA', 'ULI']);
    await take('UANA');
    expect(await admins()).toEqual(['ULI']);
  });

  it('is left when two admins revoke each other, or themselves, at once', async () => {
    for (let round = 0; round < 6; round += 1) {
      acme = await testCompany(database.db);
      const other = round % 2 === 0;
      const ends = await Promise.allSettled([
        take(other ? 'ULI' : 'UANA', null, by(acme.ana)),
        take(other ? 'UANA' : 'ULI', null, by(acme.li)),
      ]);
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await admins()).toHaveLength(1);
    }
  });
});

describe('revoking', () => {
  const ask = (askedBy: string, change: { kind: string } & Record<string, string | boolean | null>) =>
    database.db.approval.create({
      data: {
        companyId: acme.companyId,
        token: randomUUID(),
        subjectKey: randomUUID(),
        change,
        state: 'open',
        limitMicros: 10_000_000n,
        askedBy: `${acme.teamId}/${askedBy}`,
        askedAt: clock.now(),
        expiresAt: new Date(clock.now().getTime() + 86_400_000),
      },
    });
  /** Auto-recharge with the recharge limit that is in force. */
  const recharge = (officeId: bigint) => ({
    kind: 'recharge',
    officeId: String(officeId),
    walletId: String(officeId),
    amount: '50.00',
    threshold: '10.00',
    cap: DEFAULT_RECHARGE_CHOICE.cap.toFixed(2),
    chargesNow: false,
  });
  const states = async () =>
    (
      await database.db.approval.findMany({ where: { companyId: acme.companyId }, orderBy: { id: 'asc' } })
    ).map(({ state }) => state);

  it('closes what they asked approval for and may not ask for any more, and nothing else', async () => {
    await give('UOTTO', choice('office_admin', [sf(), ny()]));
    await ask('UOTTO', recharge(ny()));
    await ask('UOTTO', recharge(sf()));
    await ask('ULI', { kind: 'limit', to: null, amount: '50.00' });
    expect(await take('UOTTO', choice('office_admin', [ny()]))).toMatchObject({ closedApprovals: 1 });
    expect(await take('ULI')).toMatchObject({ closedApprovals: 1 });
    expect(await states()).toEqual(['closed', 'open', 'closed']);
  });

  it('of a company admin who is an office admin still closes what was the company’s: limits, recharge limits, bundles', async () => {
    await give('UOTTO', choice('office_admin', [ny()]));
    await give('UOTTO', choice('company_admin'));
    await ask('UOTTO', recharge(ny()));
    await ask('UOTTO', { ...recharge(ny()), cap: '900.00' });
    const of = { officeId: String(ny()), amount: '60.00', bundleId: '1', name: 'Calling', period: 'monthly' };
    await ask('UOTTO', { kind: 'bundle', ...of, token: randomUUID() });
    await ask('UOTTO', { kind: 'limit', to: null, amount: '50.00' });
    expect(await take('UOTTO', choice('company_admin'))).toMatchObject({ closedApprovals: 3 });
    expect(await states()).toEqual(['open', 'closed', 'closed', 'closed']);
  });

  it('that leaves credits with fewer than two people who could approve names them, to the operator, too', async () => {
    const where = { id: acme.companyId };
    const data = { approvalLimitMicros: toMicros(dollars('100')) };
    await give('UOTTO', choice('office_admin', [ny()]));
    expect(await take('UOTTO')).toMatchObject({ withoutApprover: [] });
    await give('UOTTO', choice('office_admin', [ny()]));
    // Without an approval limit nobody has to approve anything.
    await give('UEVE', choice('company_admin'));
    await database.db.company.update({ where, data });
    expect(await take('UEVE', choice('company_admin'))).toMatchObject({ withoutApprover: [] });
    expect(await take('ULI')).toMatchObject({ withoutApprover: ['San Francisco'] });
    expect(await take('UOTTO')).toMatchObject({ withoutApprover: ['New York'] });
    const open = async () =>
      (await listOperatorNotices(database.db)).filter(
        ({ kind, company }) => kind === 'too-few-approvers' && company?.id === acme.companyId,
      );
    expect(await open()).toMatchObject([{ count: 2, details: { credits: 'San Francisco; New York' } }]);
    const told = await database.db.notice.findFirstOrThrow({
      where: { companyId: acme.companyId, kind: 'role_change', channelId: 'UANA' },
      orderBy: { id: 'desc' },
    });
    expect(told.facts).toMatchObject({ userId: 'UOTTO', withoutApprover: ['New York'] });
    await give('ULI', choice('company_admin'));
    expect(await open()).toEqual([]);
    // A person who is deactivated in Slack cannot approve, either, and can again when they are back.
    await standing('ULI', false);
    expect(await open()).toMatchObject([{ details: { credits: 'San Francisco; New York' } }]);
    await standing('ULI', true);
    expect(await open()).toEqual([]);
  });

  it('takes one role, one office of it, or all', async () => {
    const sales = await department(ny(), 'Sales');
    await give('ULEA', choice('office_admin', [sf(), ny()]));
    await give('ULEA', choice('manager', [], [sales]));
    await take('ULEA', choice('office_admin', [ny()]));
    expect(moneyOffices(await must('ULEA')).map(({ id }) => id)).toEqual([sf()]);
    await take('ULEA', choice('office_admin'));
    expect(managedDepartments(await must('ULEA'))).toEqual([sales]);
    await expect(take('ULEA', choice('office_admin'))).rejects.toEqual(code('role-not-held'));
    await take('ULEA');
    expect(await find('ULEA')).toBeNull();
  });
});

describe('a manager of a department', () => {
  it('sees its usage with the cost and that of no other, and neither balance nor people', async () => {
    const [sales, support] = [await department(ny(), 'Sales'), await department(ny(), 'Support')];
    await give('UMARCO', choice('manager', [], [sales]));
    const marco = await must('UMARCO');
    const at = new Date('2026-11-10T10:00:00Z');
    const call = (officeId: bigint, departmentId: bigint | null): NewUsage => ({
      source: 'api',
      externalId: `${officeId}/${departmentId}`,
      officeId,
      departmentId,
      memberId: null,
      class: 'calls',
      category: 'international',
      direction: 'outbound',
      externalNumber: '+442071838750',
      internalNumber: null,
      usageAt: at,
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      cost: dollars('0.5'),
      price: null,
    });
    await postUsage(database.db, {
      numberKey,
      companyId: acme.companyId,
      at: new Date('2026-11-10T11:00:00Z'),
      records: [call(ny(), sales), call(ny(), support), call(sf(), null)],
    });
    const query = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
    const seen = async (person: Person) =>
      (await readRecords(database.db, person, query, { after: null, limit: 10 })).lines.length;
    expect([await seen(marco), await seen(acme.ana)]).toEqual([1, 3]);
    const { records } = await readBreakdown(database.db, marco, { ...query, timeZone: 'UTC' }, clock.now());
    expect(records).toBe(1);
    await expect(
      readRecords(database.db, marco, { ...query, officeIds: [ny()] }, { after: null, limit: 1 }),
    ).rejects.toEqual(code('not-allowed'));
    await give('UMARCO', choice('manager', [sf()]));
    expect(await seen(await must('UMARCO'))).toBe(2);
    expect([moneyOffices(marco), canSeeMoney(marco), canManage(marco, 'people')]).toEqual([[], false, false]);
  });
});
