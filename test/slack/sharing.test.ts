import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBalance } from '../../src/ledger/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const TEAM = 'T0ACME0001';

let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  ({ id: companyId } = await tryOut.app.db.company.findFirstOrThrow());
});
afterAll(() => tryOut?.close());

async function modal(): Promise<string> {
  const view = (await driver.views('ana')).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}\n${view.submit ?? ''}`;
}

const modalSays = (text: RegExp): Promise<string> =>
  driver.eventually(async () => {
    const seen = await modal();
    return text.test(seen) && seen;
  });

async function openSharing(label: string): Promise<string> {
  await driver.close('ana', { all: true }).catch(() => undefined);
  await driver.command('ana', CHANNEL, '/credits settings');
  await modalSays(/Credit sharing/);
  const viewId = (await driver.views('ana')).at(-1)?.id ?? '';
  await driver.click('ana', { kind: 'view', viewId }, { label });
  return await modalSays(/Review$/);
}

async function balances(): Promise<string[]> {
  const { wallets } = await readBalance(tryOut.app.db, companyId, new Date());
  return wallets.map(({ general }) => general.toFixed(2));
}

/** Other notices may come after it. */
const inChannel = (text: RegExp): Promise<string> =>
  driver.eventually(
    async () => (await driver.messages('ana', CHANNEL)).findLast((message) => text.test(message.text))?.text,
  );

it('R5: a company admin shares credits and ends it, each after one review, and the channel is notified', async () => {
  const form = await openSharing('Share company-wide…');
  expect(form).toContain('The general credits of your 2 offices become one balance');
  const offices = (await tryOut.app.db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } })).map(
    ({ id }) => id.toString(),
  );
  expect(await driver.submit('ana', { 'threshold:pool': 'ten', is_on: ['pool'] })).toMatchObject({
    fieldErrors: { 'threshold:pool': expect.any(String) },
  });
  expect(
    await driver.submit('ana', { 'threshold:pool': '10', 'amount:pool': '8', is_on: ['pool'] }),
  ).toMatchObject({
    fieldErrors: { 'amount:pool': 'Enter at least $10.00, the balance it starts below.' },
  });
  await driver.submit('ana', {
    'threshold:pool': '10',
    'amount:pool': '50',
    'cap:pool': '300',
    'alert_level:pool': '15',
    is_on: ['pool'],
  });
  const review = await modalSays(/Share credits$/);
  expect(review).toContain('San Francisco: about $32.40 of credits');
  expect(review).toContain('Shared balance: about $50.65');
  expect(review).toContain('$50.00 when below $10.00, up to $300.00 a month');
  expect(review).toMatch(/Low-balance alert.*below \$15\.00/);
  expect(review).toMatch(/Who can add credits then/);
  await driver.submit('ana');
  await modalSays(/Credits are shared company-wide now/);
  expect(await balances()).toEqual(['50.65', '0.00', '0.00']);
  expect(await inChannel(/shared credits company-wide/)).toContain('New York: $18.25 of credits');

  expect(await openSharing('End sharing…')).toContain('The shared credits are about $50.65 now');
  const other = offices[1] ?? '';
  expect(await driver.submit('ana', { [`share:${other}`]: '60' })).toMatchObject({
    fieldErrors: { [`share:${other}`]: 'Together that is more than the shared $50.65.' },
  });
  await driver.submit('ana', { [`share:${other}`]: '20.65', is_on: [other] });
  const end = await modalSays(/End sharing$/);
  expect(end).toContain('San Francisco: about $30.00 of credits');
  expect(end).toContain('New York: $20.65 of credits');
  expect(end).toContain('San Francisco: off');
  expect(end).toContain('New York: $50.00 when below $10.00');
  await driver.submit('ana');
  await modalSays(/Each office has its own credits now/);
  expect(await balances()).toEqual(['0.00', '30.00', '20.65']);
  expect(await inChannel(/ended credit sharing/)).toContain(
    'Auto-recharge is on for New York: $50.00 when below $10.00',
  );
});

it('R5: an office admin has no way to it, nor with a forged click or form', async () => {
  const marco = (
    await tryOut.app.db.roleAssignment.findFirstOrThrow({ where: { companyId, role: 'office_admin' } })
  ).userId;
  await driver.command(marco, CHANNEL, '/credits settings');
  const shown = await driver.eventually(async () => {
    const view = (await driver.views(marco)).at(-1);
    return view !== undefined && view.submit === 'Save' && visibleText(view.blocks);
  });
  expect(shown).not.toContain('Credit sharing');
  const before = await tryOut.app.db.draft.count({ where: { kind: 'sharing' } });
  for (const forged of ['sharing_form', 'sharing_review']) {
    const view = {
      id: 'VFORGED',
      callback_id: forged,
      private_metadata: 'x'.repeat(24),
      state: { values: {} },
    };
    const payload = {
      type: 'view_submission',
      team: { id: TEAM, domain: 'acme' },
      user: { id: marco, team_id: TEAM },
      view: { ...view, type: 'modal', team_id: TEAM, blocks: [] },
    };
    expect((await sendAsSlack(tryOut, interaction(payload))).text).toContain('Only company admins');
  }
  expect(await tryOut.app.db.draft.count({ where: { kind: 'sharing' } })).toBe(before);
});
