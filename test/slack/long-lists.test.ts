import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setLimit } from '../../src/limits/index.ts';
import { dollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const OFFICES = 130;
const BUNDLES = 101;

let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  const { db } = tryOut.app;
  const company = await db.company.findFirstOrThrow();
  const at = tryOut.sandbox.clock.now();
  for (let number = 1; number <= OFFICES; number += 1) {
    const name = number === OFFICES ? 'Zürich' : `Branch ${String(number).padStart(3, '0')}`;
    await db.office.create({
      data: { companyId: company.id, name, country: 'US', isPrimary: false, createdAt: at },
    });
  }
  const main = await db.office.findFirstOrThrow({ where: { isPrimary: true } });
  await db.department.createMany({
    data: Array.from({ length: 101 }, (_, index) => ({
      companyId: company.id,
      officeId: main.id,
      name: `Team ${String(index).padStart(3, '0')}`,
    })),
  });
  await db.member.createMany({
    data: Array.from({ length: 150 }, (_, index) => ({
      companyId: company.id,
      officeId: main.id,
      kind: 'person',
      name: `Colleague ${String(index).padStart(3, '0')}`,
      licence: 'talk',
    })),
  });
  const first = await db.bundle.count();
  await db.bundle.createMany({
    data: Array.from({ length: BUNDLES - first }, (_, index) => ({
      name: `Calling ${1000 + first + index}`,
      kind: 'calling' as const,
      period: 'monthly' as const,
      creditMicros: 10_000_000n,
      priceMicros: 9_000_000n,
      createdAt: at,
    })),
  });
});
afterAll(() => tryOut?.close());
beforeEach(async () => {
  for (const user of ['ana', 'li', 'priya']) await driver.close(user, { all: true }).catch(() => undefined);
});

const top = async (user: string) => (await driver.views(user)).at(-1);
const shown = async (user: string) => visibleText((await top(user))?.blocks ?? []);

async function opens(user: string, title: RegExp): Promise<void> {
  await driver.eventually(async () => {
    const view = await top(user);
    const isLoaded = JSON.stringify(view?.blocks ?? []).includes('external_select');
    return view !== undefined && isLoaded && title.test(`${view.title} ${visibleText(view.blocks)}`);
  });
}

/** The one option that is offered for what is typed. */
async function option(user: string, actionId: string, typed: string): Promise<unknown> {
  const options = await driver.options(user, actionId, typed);
  expect(options).toHaveLength(1);
  return typeof options === 'string' ? options : options[0]?.option;
}

/** Clicks in the top modal, as soon as it has the button. */
async function press(user: string, label: string): Promise<void> {
  const viewId = await driver.eventually(async () => {
    const view = await top(user);
    return view !== undefined && visibleText(view.blocks).split('\n').includes(label) && view.id;
  });
  await driver.click(user, { kind: 'view', viewId }, { label });
}

async function click(user: string, label: string): Promise<void> {
  const message = await driver.eventually(async () =>
    (await driver.messages(user, CHANNEL)).findLast(({ blocks }) => visibleText(blocks).includes(label)),
  );
  const container = { kind: 'message', conversationId: message.conversationId, ts: message.ts } as const;
  expect(await driver.click(user, container, { label })).toEqual({ ok: true });
}

describe('with 130 offices, 101 bundles and 150 people', () => {
  it('credits are added for an office found by typing, without its accent, and none is chosen beforehand', async () => {
    await driver.command('ana', CHANNEL, '/credits add');
    await opens('ana', /Add credits/);
    expect(await driver.options('ana', 'scope', '')).toHaveLength(100);
    expect(await driver.submit('ana', { choice: '20.00' })).toMatchObject({ ok: false });
    await driver.submit('ana', { choice: '20.00', scope: await option('ana', 'scope', 'zur') });
    expect(await shown('ana')).toContain('Zürich');
  });

  it('a bundle is bought for an office beyond the first hundred', async () => {
    await driver.command('ana', CHANNEL, '/credits bundles');
    await click('ana', 'Buy a bundle');
    await opens('ana', /Buy a bundle/);
    const name = `Calling ${999 + BUNDLES}`;
    const bundle = await option('ana', 'bundle', name);
    const scope = await option('ana', 'scope', 'branch 129');
    expect(await driver.submit('ana', { bundle })).toMatchObject({ ok: false });
    expect(await driver.submit('ana', { bundle, scope })).toEqual({ ok: true });
    expect(await shown('ana')).toMatch(new RegExp(`${name}[\\s\\S]*Branch 129`));
  });

  it('auto-recharge is set for an office beyond the first hundred', async () => {
    await driver.command('ana', CHANNEL, '/credits auto-recharge');
    await opens('ana', /Auto-recharge/);
    const chosen = await option('ana', 'recharge_scope', 'Branch 128');
    const view = await top('ana');
    await driver.click(
      'ana',
      { kind: 'view', viewId: view?.id ?? '' },
      { actionId: 'recharge_scope' },
      chosen,
    );
    const { id } = await tryOut.app.db.wallet.findFirstOrThrow({
      where: {
        officeId: (await tryOut.app.db.office.findFirstOrThrow({ where: { name: 'Branch 128' } })).id,
      },
    });
    await driver.eventually(async () =>
      JSON.stringify((await top('ana'))?.blocks ?? []).includes(`threshold:${id}`),
    );
  });

  it('the balance of one is explained, its alert is set, and its usage and its people are exported', async () => {
    await driver.command('ana', CHANNEL, '/credits why');
    await opens('ana', /Balance history/);
    await option('ana', 'why_scope', 'Branch 127');
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits settings');
    await opens('ana', /Settings/);
    const alert = await driver.eventually(async () => {
      const options = await driver.options('ana', 'alert_of', 'Branch 127');
      return typeof options !== 'string' && options[0];
    });
    expect(alert.text).toContain('Branch 127');
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits export');
    await opens('ana', /Export/);
    await option('ana', 'export_offices', 'Branch 126');
    await option('ana', 'export_people', 'league 149');
  });

  it('people over a company’s usage are found by their names, in the message itself', async () => {
    const before = (await driver.messages('ana', CHANNEL)).length;
    await driver.command('ana', CHANNEL, '/credits usage San Francisco');
    const message = await driver.eventually(async () => {
      const all = await driver.messages('ana', CHANNEL);
      return all.length > before && all.at(-1);
    });
    const inside = { kind: 'message', conversationId: 'C0CREDITS1', ts: message.ts } as const;
    expect(await driver.options('ana', 'usage_office', 'Branch 122', inside)).toHaveLength(1);
    const found = await driver.options('ana', 'usage_person', 'league 149', inside);
    expect(Array.isArray(found) && found.map(({ text }) => text)).toEqual(['Colleague 149']);
    const [one] = Array.isArray(found) ? found : [];
    await driver.click('ana', inside, { actionId: 'usage_person' }, one?.option);
    await driver.eventually(async () =>
      visibleText((await driver.messages('ana', CHANNEL)).at(-1)?.blocks).includes('Colleague 149'),
    );
  });

  it('a limit is set, credits are moved and a role is given for one beyond the first hundred', async () => {
    await driver.command('ana', CHANNEL, '/credits limits');
    await press('ana', 'Add limit');
    await opens('ana', /Add spending limit/);
    await option('ana', 'limit_of', 'Branch 125');
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits move');
    await opens('ana', /Move credits/);
    await option('ana', 'move_from', 'Branch 124');
    await option('ana', 'move_to', 'Branch 123');
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits people');
    await press('ana', 'Add a role');
    await opens('ana', /Add a role/);
    await option('ana', 'role_offices', 'Branch 121');
    await option('ana', 'role_departments', 'Team 100');
  });

  it('spending limits are turned by a page', async () => {
    const { db } = tryOut.app;
    const { id: companyId } = await db.company.findFirstOrThrow();
    const branches = await db.office.findMany({ where: { name: { startsWith: 'Branch' } }, take: 41 });
    for (const { id } of branches)
      await setLimit(
        { db, clock: tryOut.sandbox.clock },
        { companyId, reason: 'the test' },
        { subject: { kind: 'office', officeId: id }, period: 'month', amount: dollars('90'), levels: [100] },
      );
    await driver.command('ana', CHANNEL, '/credits limits');
    await press('ana', 'Next');
    await press('ana', 'Previous');
    await driver.eventually(async () => /Next/.test(await shown('ana')));
  });

  it('people are turned by a page, and one of a person’s many roles is ended', async () => {
    const { db } = tryOut.app;
    const { id: companyId } = await db.company.findFirstOrThrow();
    const branches = await db.office.findMany({ where: { name: { startsWith: 'Branch' } } });
    const role = { companyId, teamId: 'T0ACME0001', role: 'manager' as const, grantedBy: 'the test' };
    const grantedAt = tryOut.sandbox.clock.now();
    await db.roleAssignment.createMany({
      data: branches.flatMap(({ id: officeId }, index) => [
        { ...role, officeId, grantedAt, userId: 'U0ANA00001' },
        ...(index < 40 ? [{ ...role, officeId, grantedAt, userId: `U0BRANCH${index}` }] : []),
      ]),
    });
    await driver.command('ana', CHANNEL, '/credits people');
    await press('ana', 'Next');
    await driver.eventually(async () => /U0BRANCH/.test(await shown('ana')));
    await press('ana', 'Previous');
    await driver.eventually(async () => /U0ANA00001/.test(await shown('ana')));
    await press('ana', 'Remove');
    await opens('ana', /Remove roles/);
    const ended = await option('ana', 'roles_to_remove', 'Branch 119');
    expect(await driver.submit('ana', { roles_to_remove: [ended] })).toMatchObject({ ok: true });
    await driver.eventually(
      async () =>
        (await db.roleAssignment.count({ where: { ...role, userId: 'U0ANA00001' } })) < branches.length,
    );
    await db.roleAssignment.deleteMany({ where: { grantedBy: 'the test' } });
  });

  it('an export is scheduled for an office beyond the first hundred, and ended', async () => {
    const { db } = tryOut.app;
    await driver.command('ana', CHANNEL, '/credits export');
    await press('ana', 'Scheduled exports');
    await press('ana', 'Schedule export');
    await opens('ana', /Schedule export/);
    const office = await option('ana', 'schedule_offices', 'Branch 120');
    const values = { schedule_person: 'U0ANA00001', schedule_offices: [office] };
    expect(await driver.submit('ana', values)).toMatchObject({ ok: true });
    expect(await shown('ana')).toMatch(/Scheduled\.\* The first file goes to <@U0ANA00001>/);
    expect(await db.exportSchedule.count()).toBe(1);
    await driver.close('ana');
    await driver.eventually(async () => /Branch 120/.test(await shown('ana')));
    await press('ana', 'End');
    await driver.eventually(async () => (await db.exportSchedule.count()) === 0);
  });

  it('a list offers what its reader may see, whatever form the question names', async () => {
    const ask = async (user: string, callbackId: string, actionId: string, token = '') => {
      const question = {
        type: 'block_suggestion',
        team: { id: 'T0ACME0001' },
        user: { id: user },
        action_id: actionId,
        block_id: actionId,
        value: '',
        view: { id: 'VFORGED', callback_id: callbackId, private_metadata: token },
      };
      return await sendAsSlack(tryOut, interaction(question));
    };
    expect((await ask('U0ANA00001', 'purchase_form', 'scope')).text).toContain('Branch 001');
    const ofLi = await ask('U0LI000001', 'purchase_form', 'scope');
    expect(ofLi.text).toContain('New York');
    expect(ofLi.text).not.toContain('Branch');
    for (const [view, list] of [
      ['purchase_form', 'scope'],
      ['bundle_form', 'bundle'],
      ['bundle_form', 'scope'],
      ['recharge_form', 'recharge_scope'],
      ['why', 'why_scope'],
      ['settings_form', 'alert_of'],
      ['export_form', 'export_people'],
      ['export_form', 'scope'],
      ['', 'usage_person'],
      ['', 'usage_office'],
      ['no_such_form', 'scope'],
    ] as const)
      expect(await ask('U0PRIYA001', view, list)).toEqual({ status: 200, text: '{"options":[]}' });
  });
});
