import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../src/clock.ts';
import { DAY_MS } from '../../src/durations.ts';
import { createLogger } from '../../src/log.ts';
import { dollars } from '../../src/money.ts';
import { listUnmatched } from '../../src/org/index.ts';
import { clientOptions } from '../../src/slack/connection/connect.ts';
import { usageCopy } from '../../src/slack/copy/index.ts';
import { matchPeople } from '../../src/slack/features/people/match-people.ts';
import { sweepPeople } from '../../src/slack/features/people/sweep-people.ts';
import { type TestCompany, testCompany } from '../support/company.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { BOT_TOKEN, SCOPES, startTestWorkspace, type TestWorkspace } from '../support/slack-workspace.ts';

const START = new Date('2026-11-02T09:00:00Z');
const log = createLogger('silent');

let database: TestDatabase;
let workspace: TestWorkspace;
let acme: TestCompany;
let clock: MovableClock;

beforeAll(async () => {
  database = await freshDatabase();
  workspace = await startTestWorkspace({ scopes: [...SCOPES, 'users:read.email'] });
});
afterAll(async () => {
  await workspace?.close();
  await database?.close();
});
beforeEach(async () => {
  workspace.faults.clear();
  clock = new MovableClock(0, () => START.getTime());
  acme = await testCompany(database.db);
  await addPeople(['Ana', 'ANA@test.works'], ['Zoe', 'zoe@test.works'], ['Front desk', null]);
});

async function addPeople(...people: [string, string | null][]): Promise<void> {
  const { companyId, officeIds } = acme;
  await database.db.member.createMany({
    data: people.map(([name, email]) => ({
      companyId,
      officeId: officeIds[0],
      kind: 'person',
      licence: 'talk',
      name,
      email,
    })),
  });
}
const match = (client = new WebClient(BOT_TOKEN, clientOptions(workspace.apiUrl, log))) =>
  matchPeople({ db: database.db, clock, log, clientFor: async () => client }, { companyId: acme.companyId });
const unmatched = () => listUnmatched(database.db, acme.companyId);
const isWoken = async () => {
  await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  await sweepPeople({ db: database.db, clock });
  const jobs = await database.db.$queryRaw<unknown[]>`
    SELECT 1 FROM graphile_worker.jobs WHERE key = ${`match-people:${acme.companyId}`}`;
  return jobs.length === 1;
};

describe('people of the phone system in Slack', () => {
  it('are found by their address; who is not there is looked for again after a day', async () => {
    expect(await isWoken()).toBe(true);
    await match();
    const later = new Date(START.getTime() + DAY_MS);
    expect(await unmatched()).toEqual([
      { name: 'Front desk', email: null, answer: null, nextLookAt: null },
      { name: 'Zoe', email: 'zoe@test.works', answer: 'users_not_found', nextLookAt: later },
    ]);
    const ana = await database.db.member.findFirst({ where: { companyId: acme.companyId, name: 'Ana' } });
    expect(ana?.slackUserId).toBe('U0ANA000001');
    expect(await isWoken()).toBe(false);
    clock.advance(DAY_MS + 1);
    expect(await isWoken()).toBe(true);
    await match();
    expect((await unmatched())[1]?.nextLookAt).toEqual(new Date(clock.now().getTime() + DAY_MS));
  });

  it('are all asked for in the end, a few at a time, and not while Slack asks for patience', async () => {
    await addPeople(...Array.from({ length: 45 }, (_, n): [string, string] => [`P${n}`, `p${n}@test.works`]));
    const unasked = async () => (await unmatched()).filter(({ answer }) => answer === null).length;
    workspace.faults.set({ kind: 'rate-limit', method: 'users.lookupByEmail', retryAfterSeconds: 30 });
    await match();
    expect(await unasked()).toBe(48);
    for (let left = 48; left > 1; ) {
      await match();
      const now = await unasked();
      expect(left - now).toBeLessThanOrEqual(20);
      expect(now).toBeLessThan(left);
      left = now;
    }
    expect(await isWoken()).toBe(false);
  });

  it('who share a mailbox with another are matched, and flagged in the audit and to the operator', async () => {
    await addPeople(['Ana (desk)', 'ana+desk@Test.works']);
    await match();
    const where = { companyId: acme.companyId };
    expect(await database.db.member.count({ where: { ...where, slackUserId: 'U0ANA000001' } })).toBe(1);
    const audits = await database.db.audit.findMany({ where: { ...where, action: 'person-matched' } });
    expect(audits).toMatchObject([{ details: { userId: 'U0ANA000001', sameEmail: true } }]);
    expect(await database.db.operatorNotice.findMany({ where })).toMatchObject([
      { kind: 'same-email', subject: 'U0ANA000001', details: { names: 'Ana, Ana (desk)' } },
    ]);
  });

  it('are left for an hour where the app may not ask, and nobody is forgotten for an outage', async () => {
    workspace.faults.set({ kind: 'error', method: 'users.lookupByEmail', error: 'missing_scope' });
    await match();
    expect((await unmatched()).map(({ answer }) => answer)).toEqual(['missing_scope', null, 'missing_scope']);
    expect(await isWoken()).toBe(false);
    clock.advance(3_600_001);
    workspace.faults.set({ kind: 'drop', method: 'users.lookupByEmail', when: 'before' });
    await match();
    expect(await isWoken()).toBe(true);
    await match();
    expect(await unmatched()).toHaveLength(2);
  });

  it('are a mention among those who used the most, and others a name that notifies nobody', () => {
    const line = (name: string | null, userId: string | null) =>
      usageCopy.personLine({ name, userId, records: 1, billedSeconds: 0, cost: dollars('1') });
    expect(line('Ana', 'U0ANA000001')).toMatch(/^<@U0ANA000001> {2}/);
    expect(line('<!channel>', null)).toMatch(/^&lt;!channel&gt;/);
    expect(line(null, null)).toMatch(/^Shared lines and the AI agent/);
  });
});
