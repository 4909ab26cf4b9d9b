import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { postUsage } from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { numberKey } from '../support/number-key.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let [sanFrancisco, newYork] = ['', ''];
let calls = 0;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  companyId = (await tryOut.app.db.company.findFirstOrThrow()).id;
  const idOf = async (name: string) =>
    (await tryOut.app.db.office.findFirstOrThrow({ where: { name } })).id.toString();
  [sanFrancisco, newYork] = [await idOf('San Francisco'), await idOf('New York')];
});
afterAll(() => tryOut?.close());
beforeEach(async () => {
  for (const user of ['ana', 'li', 'marco', 'priya'])
    if ((await driver.views(user)).length > 0) await driver.close(user, { all: true });
});

async function modal(user = 'ana'): Promise<string> {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
}
const says = (user: string, words: RegExp, where = CHANNEL): Promise<unknown> =>
  driver.eventually(async () =>
    (await driver.messages(user, where)).some(({ text, blocks }) =>
      words.test(`${text}\n${visibleText(blocks)}`),
    ),
  );
/** Clicks in the top modal, and waits for the one of this title. */
async function click(user: string, label: string, title: string): Promise<void> {
  const viewId = (await driver.views(user)).at(-1)?.id ?? '';
  await driver.click(user, { kind: 'view', viewId }, { label });
  await driver.eventually(async () => (await driver.views(user)).at(-1)?.title === title);
}
async function open(user = 'ana'): Promise<void> {
  await driver.command(user, CHANNEL, '/credits limits');
  await driver.eventually(async () => {
    const view = (await driver.views(user)).at(-1);
    return view?.title === 'Spending limits' && !visibleText(view.blocks).includes('Loading');
  });
}

async function spend(amount: string, facts: { officeId: string; memberId?: bigint }): Promise<void> {
  calls += 1;
  const at = tryOut.sandbox.clock.now();
  const record = {
    source: 'api' as const,
    externalId: `limit-call-${calls}`,
    officeId: BigInt(facts.officeId),
    departmentId: null,
    memberId: facts.memberId ?? null,
    class: 'calls' as const,
    category: 'international',
    direction: 'outbound' as const,
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    usageAt: at,
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    price: null,
    cost: dollars(amount),
  };
  const outcomes = await postUsage(tryOut.app.db, { numberKey, companyId, at, records: [record] });
  expect(outcomes).toMatchObject([{ outcome: 'posted' }]);
}

it('adds a limit with a review, wrong input on its field, and lists it with how far it is used', async () => {
  await open();
  await click('ana', 'Add limit', 'Add spending limit');
  const of = `office:${newYork}`;
  expect(
    await driver.submit('ana', { limit_of: of, limit_amount: 'lots', limit_levels: '50, 120' }),
  ).toMatchObject({
    fieldErrors: {
      limit_amount: expect.any(String),
      limit_levels: expect.stringMatching(/1 to 100/),
    },
  });
  await driver.submit('ana', { limit_of: of, limit_amount: '5000', limit_levels: '75' });
  expect(await modal()).toMatch(
    /For\*\nNew York[\s\S]*\$5,000\.00 a month[\s\S]*No limit[\s\S]*75%, 100%[\s\S]*Nothing is charged/,
  );
  tryOut.sandbox.workspace.faults.set({ kind: 'duplicate-delivery', times: 1 });
  await driver.submit('ana');
  expect(await modal()).toMatch(/New York\* can spend \$5,000\.00 a month/);
  await says('li', /<@U0ANA00001> set a spending limit for New York: \*\$5,000\.00 a month\*/);
  await driver.close('ana');
  await driver.eventually(async () => /New York\*.* of \$5,000\.00 a month/.test(await modal()));
  expect(await modal()).toMatch(/set by <@U0ANA00001>/);
});

it('changes a limit: it is judged at once, in the channel and on Home, and says so where it was reached', async () => {
  await spend('40', { officeId: newYork });
  await open();
  await click('ana', 'Change', 'Change limit');
  expect(await modal()).toMatch(/Change limit\n\*New York\*/);
  await driver.submit('ana', { limit_amount: '30' });
  expect(await modal()).toMatch(/reached already: texts and paid calls are paused at once/);
  await driver.submit('ana');
  await says(
    'li',
    /New York has reached its spending limit[\s\S]*of \$30\.00\. Texts and paid calls are paused until [^.]+\. <@U[\s\S]+> can change the limit\./,
  );
  await driver.openHome('li');
  await driver.eventually(async () =>
    /Needs attention[\s\S]*New York has reached its spending limit/.test(
      visibleText(await driver.home('li')),
    ),
  );
  await driver.close('ana', { all: true });
  await open('li');
  await click('li', 'Change', 'Change limit');
  await driver.submit('li', { limit_amount: '90000' });
  await driver.submit('li');
  await says('ana', /spending limit for New York is now \$90,000\.00 a month\*\. Changed by <@U0LI000001>/);
});

it('removes a limit once it was asked for again', async () => {
  await open();
  await click('ana', 'Change', 'Change limit');
  await click('ana', 'Remove limit', 'Remove limit');
  expect(await modal()).toMatch(/Remove the spending limit of \*\$90,000\.00 a month\* for \*New York/);
  await driver.submit('ana');
  expect(await modal()).toMatch(/spending limit for New York has been removed/);
  await says('li', /<@U0ANA00001> removed the spending limit for New York/);
});

it('is each admin’s for their own offices, and nobody else’s', async () => {
  await open('li');
  await click('li', 'Add limit', 'Add spending limit');
  const offered = (await driver.views('li')).at(-1)?.blocks ?? [];
  expect(JSON.stringify(offered)).toContain('New York (office)');
  expect(JSON.stringify(offered)).not.toContain('San Francisco');
  await open('marco');
  expect(JSON.stringify((await driver.views('marco')).at(-1)?.blocks)).not.toContain('Add limit');
});

it('tells a person about their own limit in per cent, and shows it to them without what it costs', async () => {
  const priya = await tryOut.app.db.member.findFirstOrThrow({ where: { name: 'Priya Nair' } });
  await open();
  await click('ana', 'Add limit', 'Add spending limit');
  await driver.submit('ana', { limit_of: `member:${priya.id}`, limit_period: 'day', limit_amount: '10' });
  await driver.submit('ana');
  await spend('8.5', { officeId: newYork, memberId: priya.id });
  await says('priya', /You’ve used 8\d% of your spending limit/, 'dm');
  await open('priya');
  expect(await modal('priya')).toMatch(/Your spending limit today:\* 8\d% used/);
  expect(await modal('priya')).not.toMatch(/\$|Add limit/);
  await spend('5', { officeId: sanFrancisco, memberId: priya.id });
  await says(
    'priya',
    /You’ve reached your spending limit[\s\S]*Texts and paid calls are paused until /,
    'dm',
  );
});

it('stands beside an overdraft on Home, which a click on its amount clears', async () => {
  await driver.openHome('li');
  await driver.eventually(async () => JSON.stringify(await driver.home('li')).includes('add_to_resume'));
  await driver.click('li', { kind: 'home' }, { actionId: 'add_to_resume' });
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.title === 'Review purchase');
  expect(await modal('li')).toContain('New York');
});
