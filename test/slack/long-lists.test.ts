import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const OFFICES = 130;
const BUNDLES = 14;

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
  await db.member.createMany({
    data: Array.from({ length: 150 }, (_, index) => ({
      companyId: company.id,
      officeId: main.id,
      kind: 'person',
      name: `Colleague ${String(index).padStart(3, '0')}`,
      licence: 'talk',
    })),
  });
  for (let number = await db.bundle.count(); number < BUNDLES; number += 1) {
    await db.bundle.create({
      data: {
        name: `Calling ${1000 + number}`,
        kind: 'calling',
        period: 'monthly',
        creditMicros: 10_000_000n,
        priceMicros: 9_000_000n,
        createdAt: at,
      },
    });
  }
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

async function click(user: string, label: string): Promise<void> {
  const message = await driver.eventually(async () =>
    (await driver.messages(user, CHANNEL)).findLast(({ blocks }) => visibleText(blocks).includes(label)),
  );
  const container = { kind: 'message', conversationId: message.conversationId, ts: message.ts } as const;
  expect(await driver.click(user, container, { label })).toEqual({ ok: true });
}

describe('with 130 offices, 14 bundles and 150 people', () => {
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
    const bundle = `Calling ${999 + BUNDLES}`;
    const { elements } = { elements: (await top('ana'))?.blocks ?? [] };
    expect(JSON.stringify(elements)).toContain(bundle);
    const scope = await option('ana', 'scope', 'branch 129');
    const id = (await tryOut.app.db.bundle.findFirstOrThrow({ where: { name: bundle } })).id.toString();
    expect(await driver.submit('ana', { bundle: id })).toMatchObject({ ok: false });
    expect(await driver.submit('ana', { bundle: id, scope })).toEqual({ ok: true });
    expect(await shown('ana')).toMatch(new RegExp(`${bundle}[\\s\\S]*Branch 129`));
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
    const found = await driver.options('ana', 'usage_person', 'league 149', inside);
    expect(Array.isArray(found) && found.map(({ text }) => text)).toEqual(['Colleague 149']);
    const [one] = Array.isArray(found) ? found : [];
    await driver.click('ana', inside, { actionId: 'usage_person' }, one?.option);
    await driver.eventually(async () =>
      visibleText((await driver.messages('ana', CHANNEL)).at(-1)?.blocks).includes('Colleague 149'),
    );
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
