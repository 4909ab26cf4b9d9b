import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { createCompany, findPerson, issueLinkCode, redeemLinkCode } from '../../../src/org/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let clock: MovableClock;
let companyId: bigint;
let who: { teamId: string; userId: string };
let teams = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

beforeEach(async () => {
  clock = new MovableClock();
  teams += 1;
  who = { teamId: `T${teams}`, userId: 'UANA' };
  companyId = await found();
  await install(who.teamId);
});

async function found(): Promise<bigint> {
  const company = await inTransaction(database.db, (tx) =>
    createCompany(tx, {
      name: 'Acme',
      timeZone: 'UTC',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled: false,
      limits: { min: dollars('5'), max: dollars('100'), perDay: dollars('500'), exposure: dollars('0') },
      offices: [{ name: 'Main', country: 'US' }],
      at: clock.now(),
    }),
  );
  return company.companyId;
}

async function install(teamId: string): Promise<void> {
  const fields = {
    name: teamId,
    botTokenEncrypted: 'x',
    botUserId: 'U',
    botId: 'B',
    installedAt: clock.now(),
  };
  await database.db.workspace.create({ data: { teamId, ...fields } });
}

const deps = (): { db: TestDatabase['db']; clock: MovableClock } => ({ db: database.db, clock });

describe('a link code', () => {
  it('binds the workspace and makes its redeemer the first company admin; nobody is admin before', async () => {
    expect(await findPerson(database.db, who)).toBeNull();
    const { code } = await issueLinkCode(deps(), companyId);
    expect(await redeemLinkCode(deps(), who, ` ${code.toLowerCase()} `)).toMatchObject({ id: companyId });
    expect(await findPerson(database.db, who)).toMatchObject({ roles: [{ role: 'company_admin' }] });
    expect(await findPerson(database.db, { ...who, userId: 'ULI' })).toBeNull();
    const stored = await database.db.linkCode.findMany({ where: { companyId } });
    expect(JSON.stringify(stored, (_, value) => String(value))).not.toContain(code);
  });

  it('is good once, even when two people type it at the same moment', async () => {
    await install(`${who.teamId}b`);
    const { code } = await issueLinkCode(deps(), companyId);
    const results = await Promise.allSettled([
      redeemLinkCode(deps(), who, code),
      redeemLinkCode(deps(), { teamId: `${who.teamId}b`, userId: 'UEVE' }, code),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('leaves a workspace to one company, even when two codes are typed there at the same moment', async () => {
    const first = companyId;
    const second = await found();
    const codes = [await issueLinkCode(deps(), first), await issueLinkCode(deps(), second)];
    const results = await Promise.allSettled(
      codes.map(({ code }, i) => redeemLinkCode(deps(), { ...who, userId: `U${i}` }, code)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const companyIds = { in: [first, second] };
    expect(await database.db.roleAssignment.count({ where: { companyId: companyIds } })).toBe(1);
  });

  it('expires after a day', async () => {
    const { code } = await issueLinkCode(deps(), companyId);
    clock.advance(24 * HOUR_MS);
    await expect(redeemLinkCode(deps(), who, code)).rejects.toMatchObject({ code: 'link-code-expired' });
  });

  it('cannot be guessed: after five wrong tries the right one is refused too, for an hour', async () => {
    const { code } = await issueLinkCode(deps(), companyId);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(redeemLinkCode(deps(), who, `WRONG-${tries}`)).rejects.toMatchObject({
        code: 'link-code-unknown',
      });
    }
    await expect(redeemLinkCode(deps(), who, code)).rejects.toMatchObject({ code: 'link-too-many-tries' });
    clock.advance(HOUR_MS + 1);
    await redeemLinkCode(deps(), who, code);
  });

  it('is not kept from others by one person’s wrong tries, nor for longer by trying on', async () => {
    const { code } = await issueLinkCode(deps(), companyId);
    const wrong = (userId: string) =>
      redeemLinkCode(deps(), { ...who, userId }, 'WRONG').catch((error) => error.code);
    for (let tries = 0; tries < 30; tries += 1) {
      expect(await wrong('UEVE')).toBe(tries < 5 ? 'link-code-unknown' : 'link-too-many-tries');
      clock.advance(60_000);
    }
    expect(await database.db.linkAttempt.count({ where: { teamId: who.teamId } })).toBe(5);
    clock.advance(31 * 60_000);
    expect(await wrong('UEVE')).toBe('link-code-unknown');
    const crowd = await Promise.all(Array.from({ length: 30 }, (_, n) => wrong(`U${n}`)));
    expect(crowd.filter((outcome) => outcome === 'link-too-many-tries').length).toBeGreaterThanOrEqual(6);
    clock.advance(HOUR_MS + 1);
    expect(await redeemLinkCode(deps(), who, code)).toMatchObject({ id: companyId });
  });

  it('does not bind a workspace that is bound already', async () => {
    await redeemLinkCode(deps(), who, (await issueLinkCode(deps(), companyId)).code);
    const { code } = await issueLinkCode(deps(), companyId);
    await expect(redeemLinkCode(deps(), who, code)).rejects.toMatchObject({
      code: 'workspace-already-bound',
    });
  });
});
