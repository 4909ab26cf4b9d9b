import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantCredits, type NewUsage, postUsage, refundUsage } from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { numberKey } from '../support/number-key.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let firstOffice: bigint | null;

/** A minute ago, by the first office. */
const record = (id: string, cost: string, usageClass: 'calls' | 'ai' = 'calls'): NewUsage => ({
  source: 'api',
  externalId: id,
  officeId: firstOffice,
  departmentId: null,
  memberId: null,
  class: usageClass,
  category: usageClass === 'ai' ? 'ai_conversation' : 'international',
  direction: 'outbound',
  externalNumber: '+442071838750',
  internalNumber: null,
  usageAt: new Date(tryOut.sandbox.clock.now().getTime() - 60_000),
  durationMs: 60_000,
  billedSeconds: 60,
  quantity: 1,
  cost: dollars(cost),
  price: null,
});

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  const { db } = tryOut.app;
  companyId = (await db.company.findFirstOrThrow()).id;
  const [sf] = await db.office.findMany({ orderBy: { id: 'asc' } });
  firstOffice = sf?.id ?? null;
  const at = tryOut.sandbox.clock.now();
  await grantCredits(db, {
    companyId,
    officeId: sf?.id ?? null,
    kind: 'calling',
    amount: dollars('1'),
    key: 'bundle',
    source: 'bundle',
    reference: '1:1',
    actor: 'operator',
    reason: '<!channel> bundle',
    effectiveAt: new Date(at.getTime() - 86_400_000),
    expiresAt: new Date(at.getTime() + 10 * 86_400_000),
    at,
  });
  const records = [record('a', '0.7501'), record('b', '0.7501'), record('c', '0.5', 'ai')];
  await postUsage(db, { numberKey, companyId, at, records });
  await refundUsage(db, {
    companyId,
    source: 'api',
    externalId: 'b',
    amount: dollars('0.25'),
    key: 'refund',
    actor: 'operator',
    reason: 'A bad line',
    at,
  });
});

afterAll(() => tryOut?.close());

const top = async (user: string) => (await driver.views(user)).at(-1);
const words = async (user: string) => visibleText((await top(user))?.blocks ?? []);
const says = (user: string, pattern: RegExp) =>
  driver.eventually(async () => {
    const text = await words(user);
    return pattern.test(text) && text;
  });
const press = async (user: string, target: { label: string } | { actionId: string }, value?: unknown) =>
  driver.click(user, { kind: 'view', viewId: (await top(user))?.id ?? '' }, target, value);

/** Micro-dollars of every amount in bold, as the window shows them. */
const boldAmounts = (text: string) =>
  [...text.matchAll(/\*([+−])\$([\d.]+)\*/g)].reduce(
    (sum, [, sign, figure]) => sum.plus(dollars(figure ?? '0').times(sign === '−' ? -1 : 1)),
    dollars('0'),
  );

describe('why the balance is what it is', () => {
  it('opens from the balance; what stood, came in and went out add up to what stands, and its lines to the difference', async () => {
    await driver.command('ana', CHANNEL, '/credits');
    const balance = await driver.eventually(async () =>
      (await driver.messages('ana', CHANNEL)).findLast((message) =>
        /Balance history/.test(visibleText(message.blocks)),
      ),
    );
    await driver.click(
      'ana',
      { kind: 'message', conversationId: balance.conversationId, ts: balance.ts },
      { label: 'Balance history' },
    );
    const text = await says('ana', /Closing balance, now\*/);
    // 32.40 + 1 − 2.0002 + 0.25 = 31.6498, in whole cents
    expect(text).toMatch(
      /\*Opening balance, [^*]+\*\n\$0\.00\n\*Added\*\n\+\$33\.65\n\*Used\*\n−\$2\.01\n\*Closing balance, now\*\n\$31\.64\n/,
    );
    expect(text).toMatch(
      /\*−\$1\.51\* {2}2 international calls · the calling bundle −\$1\.00, general credits −\$0\.51\n/,
    );
    expect(text).toMatch(/\*−\$0\.50\* {2}AI conversation · paid by general credits/);
    expect(text).toMatch(/\*\+\$0\.25\* {2}Refund of international call: A bad line · to general credits/);
    expect(text).not.toMatch(/<!channel>/);
    expect(boldAmounts(text).toFixed()).toBe('31.64');
    expect(text).not.toMatch(/\$\d+\.\d{3}/);
  });

  it('lists each entry of a day with the balance after it, and goes back', async () => {
    await press('ana', { label: 'View transactions' });
    const text = await says('ana', /Opening balance\*\n.*\n\*Closing balance\*/s);
    expect(text).toMatch(/\*−\$0\.76\* {2}International call, \+442071838750 at .* → balance \$32\.64\n/);
    expect(boldAmounts(text).toFixed()).toBe('31.64');
    expect(text).not.toMatch(/\$\d+\.\d{3}/);
    await press('ana', { label: 'Back' });
    await says('ana', /\*Added\*/);
  });

  it('shows another period, and another office', async () => {
    await press('ana', { actionId: 'why_period' }, 'last-month');
    expect(await says('ana', /No transactions in this period/)).toMatch(
      /\*Closing balance, [^*]+\*\n\$0\.00/,
    );
    await press('ana', { actionId: 'why_period' }, 'today');
    await says('ana', /\$31\.64/);
    const offices = await tryOut.app.db.office.findMany({ orderBy: { id: 'asc' } });
    await press('ana', { actionId: 'why_scope' }, `office:${offices[1]?.id}`);
    expect(await says('ana', /\$18\.25/)).not.toMatch(/\$31\.64/);
  });

  it('is an office admin’s for the own office alone, and nobody’s without a role', async () => {
    await driver.command('li', CHANNEL, '/credits why');
    await says('li', /\$18\.25/);
    expect(JSON.stringify((await top('li'))?.blocks)).not.toMatch(/San Francisco|why_scope/);
    await driver.command('marco', CHANNEL, '/credits why');
    await driver.eventually(async () =>
      (await driver.messages('marco', CHANNEL)).some(({ text }) => /Only admins can see/.test(text)),
    );
    expect(await driver.views('marco')).toHaveLength(0);
  });

  it('asks again at every click who that is', async () => {
    await tryOut.app.db.roleAssignment.deleteMany({ where: { userId: 'U0LI000001' } });
    await press('li', { actionId: 'why_period' }, 'month');
    expect(await says('li', /Only admins can see|not part of/)).not.toMatch(/\$/);
  });

  it('turns the entries of a day, and goes back to the first', async () => {
    const { db } = tryOut.app;
    const records = Array.from({ length: 45 }, (_, index) => record(`later-${index}`, '0.01'));
    await postUsage(db, { numberKey, companyId, at: tryOut.sandbox.clock.now(), records });
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits why');
    await says('ana', /\*Added\*/);
    await press('ana', { label: 'View transactions' });
    await says('ana', /Later/);
    await press('ana', { label: 'Later' });
    await says('ana', /First/);
    await press('ana', { label: 'First' });
    expect(await says('ana', /Later/)).not.toMatch(/\nFirst\b/);
  });
});
