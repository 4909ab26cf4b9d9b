import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { declineRequest, moveCompany, requestCredits } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { findPerson } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';
import { BOT_TOKEN, SCOPES, startTestWorkspace, type TestWorkspace } from '../../support/slack-workspace.ts';

/** The new workspace, Test Works: Ana and Li are in it. */
const NEW_TEAM = 'T0TEST00001';
const [NEW_ANA, NEW_LI] = ['U0ANA000001', 'U0LI0000001'];
const clock = new MovableClock(0);

let database: TestDatabase;
let workspace: TestWorkspace;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
  workspace = await startTestWorkspace({ scopes: [...SCOPES, 'users:read.email'] });
});
afterAll(async () => {
  await workspace?.close();
  await database?.close();
});

beforeEach(async () => {
  const { db } = database;
  await db.workspace.updateMany({ data: { companyId: null } });
  await db.roleAssignment.deleteMany({ where: { teamId: NEW_TEAM } });
  acme = await testCompany(db, { pooled: false });
  const { companyId, teamId, officeIds } = acme;
  for (const [userId, role, officeId] of [
    ['UMARCO', 'office_admin', officeIds[1] ?? null],
    ['UPRIYA', 'member', null],
  ] as const)
    await db.roleAssignment.create({
      data: { companyId, teamId, userId, role, officeId, grantedBy: 'test', grantedAt: clock.now() },
    });
  for (const [slackUserId, email] of [
    ['UANA', 'Ana@Test.works'],
    ['UMARCO', 'li@test.works'],
    ['UPRIYA', 'priya@gone.example'],
  ] as const)
    await db.member.create({
      data: {
        companyId,
        officeId: officeIds[0],
        kind: 'person',
        name: email,
        licence: 'talk',
        email,
        slackUserId,
      },
    });
});

const env = (token = BOT_TOKEN) => ({
  DATABASE_URL: database.url,
  SLACK_BOT_TOKEN: token,
  SLACK_SIGNING_SECRET: 'test-signing-secret',
  SLACK_API_URL: workspace.apiUrl,
  STRIPE_SECRET_KEY: 'sk_test_none',
  STRIPE_API_URL: 'http://127.0.0.1:9',
  REFILL_SECRET_KEY: 'the tests guard no secrets',
});
const move = (more: string[] = [], to = NEW_TEAM, admin = 'ana@test.works') =>
  runRefill(
    [
      'company',
      'move',
      '--company',
      `${acme.companyId}`,
      '--to-workspace',
      to,
      '--admin',
      admin,
      '--as',
      'olga',
      ...more,
    ],
    env(),
  );
const rolesOf = async () =>
  (
    await database.db.roleAssignment.findMany({
      where: { companyId: acme.companyId },
      orderBy: { id: 'asc' },
    })
  ).map(({ teamId, userId, role }) => `${teamId} ${userId} ${role}`);

describe('moving a company to another workspace', () => {
  it('takes roles along by e-mail address, drops the rest by name, and ends what was open in the old workspace', async () => {
    const { db } = database;
    const { companyId, teamId } = acme;
    const priya = await findPerson(db, { teamId, userId: 'UPRIYA' });
    if (priya === null) throw new Error('Priya has no role');
    const ask = () => requestCredits({ db, clock }, priya, { amount: null, reason: 'more texts' });
    await ask();
    const answered = await db.creditRequest.findFirstOrThrow({ where: { companyId } });
    await declineRequest({ db, clock }, acme.ana, answered.token, 'not now');
    await ask();
    const { id: _, ...request } = await db.creditRequest.findFirstOrThrow({
      where: { companyId, state: 'open' },
    });
    const others = await testCompany(db);
    await db.creditRequest.create({
      data: { ...request, companyId: others.companyId, officeId: null, token: `of-${others.companyId}` },
    });
    const question = { limitMicros: 1n, change: {}, subjectKey: 'recharge:1', askedBy: `${teamId}/UANA` };
    const asked = { ...question, askedAt: request.askedAt, expiresAt: request.expiresAt };
    const declined = { state: 'declined', decidedBy: `${teamId}/ULI`, decidedAt: clock.now() } as const;
    await db.approval.create({ data: { ...asked, ...declined, companyId, token: `of-${companyId}` } });
    await db.approval.create({
      data: { ...asked, companyId: others.companyId, state: 'open', token: `of-${others.companyId}` },
    });
    const dry = await move(['--dry-run']);
    expect(dry.stdout).toMatch(/priya@gone\.example is not there: their roles would be dropped/);
    expect(await rolesOf()).toHaveLength(4);

    const { status, stdout, stderr } = await move([], 'test works');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/Closed 0 approvals, 1 requests/);
    expect(stdout).toMatch(/Dropped ULI: company admin\n/);
    expect(stdout).toMatch(/Dropped priya@gone\.example: member\n/);
    expect(await rolesOf()).toEqual([
      `${NEW_TEAM} ${NEW_ANA} company_admin`,
      `${NEW_TEAM} ${NEW_LI} office_admin`,
    ]);
    expect(await db.creditRequest.findMany({ where: { companyId }, orderBy: { id: 'asc' } })).toMatchObject([
      { state: 'declined', closedFor: null },
      { state: 'closed', closedFor: 'move' },
    ]);
    expect(await db.creditRequest.findMany({ where: { companyId: others.companyId } })).toMatchObject([
      { state: 'open' },
    ]);
    const approvals = await db.approval.findMany({ orderBy: { id: 'asc' } });
    expect(approvals.map(({ state, closedFor }) => [state, closedFor])).toEqual([
      ['declined', null],
      ['open', null],
    ]);
    expect(await db.noticeChannel.count({ where: { companyId } })).toBe(0);
    expect(await db.member.count({ where: { companyId, slackUserId: { not: null } } })).toBe(0);
    expect(await db.notice.count({ where: { companyId, teamId, state: 'pending' } })).toBe(0);
    const admin = await findPerson(db, { teamId: NEW_TEAM, userId: NEW_ANA });
    expect(admin?.company.id).toBe(companyId);
    expect(await findPerson(db, { teamId, userId: 'UANA' })).toBeNull();
    const notified = await db.notice.findMany({ where: { companyId, kind: 'company_moved' } });
    expect(notified.map((notice) => [notice.teamId, notice.channelId])).toEqual([[NEW_TEAM, NEW_ANA]]);
    expect(notified[0]?.facts).toMatchObject({ dropped: ['ULI', 'priya@gone.example'] });
    const audit = await db.audit.findFirstOrThrow({ where: { companyId, action: 'company-moved' } });
    expect(audit).toMatchObject({
      actor: 'operator:olga',
      details: { fromTeamId: teamId, toTeamId: NEW_TEAM },
    });
  });

  it('makes one account of two with one address, records each role that it moves, and flags it', async () => {
    const { db } = database;
    const { companyId, teamId } = acme;
    await db.workspace.updateMany({ where: { teamId: NEW_TEAM }, data: { companyId: null } });
    const followed = { UANA: NEW_ANA, ULI: NEW_ANA, UMARCO: NEW_LI, UPRIYA: null };
    const people = Object.entries(followed).map(([fromUserId, toUserId]) => ({
      fromUserId,
      email: null,
      toUserId,
    }));
    const to = { fromTeamId: teamId, toTeamId: NEW_TEAM, adminUserId: NEW_ANA };
    const moved = await moveCompany({ db, clock }, { companyId, people, ...to }, async () => undefined);
    expect(moved.kept).toMatchObject([
      { userId: NEW_ANA, fromUserIds: ['UANA', 'ULI'], roles: [{ role: 'company_admin' }] },
      { userId: NEW_LI, fromUserIds: ['UMARCO'], roles: [{ role: 'office_admin' }] },
    ]);
    const audits = await db.audit.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
    const rolesIn = (team: string, action: string) =>
      audits.flatMap((each) => {
        const details = each.details as { teamId?: string; userId?: string };
        return each.action === action && details.teamId === team ? [details.userId] : [];
      });
    expect(rolesIn(teamId, 'role-revoked').toSorted()).toEqual(['UANA', 'ULI', 'UMARCO', 'UPRIYA']);
    expect(rolesIn(NEW_TEAM, 'role-granted').toSorted()).toEqual([NEW_ANA, NEW_LI]);
    expect(audits.at(-1)).toMatchObject({ action: 'company-moved', details: { sameEmail: true } });
    expect(await db.operatorNotice.findMany({ where: { companyId } })).toMatchObject([
      { kind: 'same-email', subject: NEW_ANA, details: { userIds: 'UANA, ULI' } },
    ]);
  });

  it('makes the named person a company admin even where no role follows', async () => {
    await database.db.member.updateMany({ where: { companyId: acme.companyId }, data: { email: null } });
    expect(await move([], NEW_TEAM, NEW_LI)).toMatchObject({ status: 0 });
    expect(await rolesOf()).toEqual([`${NEW_TEAM} ${NEW_LI} company_admin`]);
  });

  it('is refused, changing nothing, until the new token is configured and the admin is there', async () => {
    const before = await rolesOf();
    for (const [call, words] of [
      [
        () => move([], 'T0OTHER0001'),
        /SLACK_BOT_TOKEN belongs to Test Works \(T0TEST00001\)\. Install the app/,
      ],
      [() => move([], NEW_TEAM, 'zoe@test.works'), /zoe@test\.works is no active full member of Test Works/],
    ] as const) {
      const { status, stderr } = await call();
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(words) });
    }
    const other = await testCompany(database.db);
    await database.db.workspace.update({ where: { teamId: other.teamId }, data: { companyId: null } });
    await database.db.workspace.updateMany({
      where: { teamId: NEW_TEAM },
      data: { companyId: other.companyId },
    });
    expect((await move()).stderr).toMatch(/linked to another company/);
    expect(await rolesOf()).toEqual(before);
    expect(await findPerson(database.db, { teamId: acme.teamId, userId: 'UANA' })).not.toBeNull();
  });
});
