import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRefill } from '../../support/run-refill.ts';
import { startTestTryOut, type TryOut } from '../../support/try-out.ts';

let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut();
});
afterAll(() => tryOut?.close());

const env = () => ({
  DATABASE_URL: tryOut.databaseUrl,
  REFILL_SECRET_KEY: 'the tests guard no secrets',
  SLACK_BOT_TOKEN: 'xoxb-the-workspace-has-its-own',
  SLACK_SIGNING_SECRET: 'not-used-by-the-command-line',
  SLACK_API_URL: tryOut.sandbox.slack.apiUrl,
  STRIPE_SECRET_KEY: 'sk_test_not_used',
  STRIPE_API_URL: tryOut.sandbox.stripe.apiUrl,
});
const people = (verb: string, ...args: string[]) =>
  runRefill(['people', verb, '--company', 'acme-corp', '--as', 'anna', ...args], env());
const rolesOf = (userId: string) =>
  tryOut.app.db.roleAssignment.findMany({ where: { userId }, orderBy: { id: 'asc' } });
const PRIYA = 'U0PRIYA001';

describe('refill people', () => {
  it('lists who has which role, since when and by whom', async () => {
    const { status, stdout } = await people('list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/U0ANA00001 {2}Ana Reyes {2}company-admin {2}since \d{4}-\d\d-\d\d, by operator/);
    expect(stdout).toMatch(/U0LI000001 {2}Li Wei {2}office-admin of New York/);
    expect(stdout).toMatch(/With a role: 4\. Members of the directory who are in Slack: 4\./);
    const { stdout: json } = await people('list', '--json');
    expect(JSON.parse(json)).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ userId: 'U0SAM00001' })]),
    });
  });

  it('grants by e-mail address, under the operator’s name, and the company admins are told', async () => {
    const granted = await people(
      'grant',
      '--user',
      'PRIYA@acme.example',
      '--role',
      'office-admin',
      '--office',
      'new york',
    );
    expect(granted).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/U0PRIYA001 is now office-admin of New York\./),
    });
    expect(await rolesOf(PRIYA)).toMatchObject([{ role: 'office_admin', grantedBy: 'operator:anna' }]);
    const again = await people('grant', '--user', PRIYA, '--role', 'office-admin', '--office', 'New York');
    expect(again).toMatchObject({ status: 0, stdout: expect.stringMatching(/already/) });
    const sales = await people(
      'grant',
      '--user',
      PRIYA,
      '--role',
      'manager',
      '--department',
      'Sales, San Francisco',
      '--json',
    );
    expect(JSON.parse(sales.stdout)).toMatchObject({
      userId: PRIYA,
      granted: [{ place: 'Sales, San Francisco' }],
    });
    const told = await tryOut.app.db.notice.findMany({ where: { kind: 'role_change' } });
    // A direct message that was posted has its conversation's own id, which Slack's stand-in makes of the person's.
    expect(new Set(told.map(({ channelId }) => channelId?.replace(/^D/, 'U')))).toEqual(
      new Set(['U0ANA00001', 'U0SAM00001', PRIYA]),
    );
  });

  it('refuses guests, people who are not there, and what is typed wrong, in one sentence', async () => {
    const cases: [string[], number, RegExp][] = [
      [
        ['--user', 'U0GUEST001', '--role', 'company-admin'],
        1,
        /no active full member of the workspace \(guest\)/,
      ],
      [['--user', 'U0REFILL01', '--role', 'company-admin'], 1, /\(bot\)/],
      [
        ['--user', 'zoe@acme.example', '--role', 'company-admin'],
        1,
        /Nobody in this Slack workspace has the address/,
      ],
      [
        ['--user', 'zoe', '--role', 'company-admin'],
        2,
        /--user takes a Slack id like U0123ABCD or an e-mail address/,
      ],
      [['--user', PRIYA, '--role', 'boss'], 2, /--role is one of company-admin, office-admin, manager/],
      [['--user', PRIYA, '--role', 'manager'], 1, /Choose at least one office/],
      [['--user', PRIYA, '--role', 'manager', '--office', 'Oslo'], 2, /There are: San Francisco; New York/],
      [['--user', PRIYA, '--role', 'manager', '--department', 'Sales'], 2, /names several/],
    ];
    for (const [args, status, sentence] of cases) {
      const answer = await people('grant', ...args);
      expect([args, answer.status, answer.stderr]).toEqual([args, status, expect.stringMatching(sentence)]);
    }
    tryOut.sandbox.workspace.faults.set({ kind: 'error', method: 'users.info', error: 'internal_error' });
    const silent = await people('grant', '--user', PRIYA, '--role', 'company-admin');
    expect(silent).toMatchObject({ status: 1, stderr: expect.stringMatching(/Slack could not be asked/) });
    expect((await rolesOf(PRIYA)).map(({ role }) => role)).toEqual(['office_admin', 'manager']);
  });

  it('names nobody by an address that two accounts have, and warns where a second account gets a role', async () => {
    const { db } = tryOut.app;
    const { companyId, officeId } = await db.member.findFirstOrThrow({ where: { slackUserId: PRIYA } });
    const second = { name: 'Priya (2)', email: 'priya+2@acme.example', slackUserId: 'U0NOBODY01' };
    const { id } = await db.member.create({
      data: { companyId, officeId, kind: 'person', licence: 'talk', ...second },
    });
    const byAddress = await people('grant', '--user', 'priya@acme.example', '--role', 'company-admin');
    expect(byAddress).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/have the address priya@acme\.example: U0PRIYA001, U0NOBODY01\./),
    });
    const office = ['--role', 'office-admin', '--office', 'San Francisco'];
    expect(await people('grant', '--user', PRIYA, ...office)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/e-mail address of U0PRIYA001 for U0NOBODY01, too/),
    });
    expect(await people('revoke', '--user', PRIYA, ...office)).toMatchObject({ status: 0 });
    await db.member.delete({ where: { companyId_id: { companyId, id } } });
  });

  it('revokes one role or all, but the last active company admin’s only with --force, which warns', async () => {
    expect(await people('revoke', '--user', PRIYA, '--role', 'manager')).toMatchObject({ status: 0 });
    expect(await people('revoke', '--user', 'priya@acme.example')).toMatchObject({ status: 0 });
    expect(await rolesOf(PRIYA)).toEqual([]);
    expect(await people('revoke', '--user', PRIYA)).toMatchObject({ status: 1 });
    await tryOut.app.db.company.updateMany({ data: { approvalLimitMicros: 100_000_000n } });
    const sam = ['--user', 'U0SAM00001', '--role', 'company-admin'];
    expect(await people('revoke', ...sam)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/fewer than two people can approve for San Francisco now\./),
    });
    expect(await people('grant', ...sam)).toMatchObject({ status: 0 });
    // Sam is deactivated: what Slack says now counts, not what was recorded.
    await tryOut.sandbox.workspace.driver.setStanding('sam', 'deactivated');
    const last = await people('revoke', '--user', 'ana@acme.example');
    expect(last).toMatchObject({ status: 1, stderr: expect.stringMatching(/only active company admin/) });
    expect((await people('list')).stdout).toMatch(/U0SAM00001 .*SUSPENDED since/);
    const forced = await people('revoke', '--user', 'ana@acme.example', '--force');
    expect(forced).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/no active company admin left/),
    });
    expect(
      await tryOut.app.db.operatorNotice.count({ where: { kind: 'no-company-admin', resolvedAt: null } }),
    ).toBe(1);
  });
});
