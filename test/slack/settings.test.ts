import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeCompany } from '../../src/billing/index.ts';
import { dollars, toMicros } from '../../src/money.ts';
import { type NoticeFacts, postNotice } from '../../src/notices/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const DIGEST: NoticeFacts = {
  kind: 'digest',
  every: 'week',
  from: '2026-11-23T08:00:00.000Z',
  to: '2026-11-30T08:00:00.000Z',
  timeZone: 'America/Los_Angeles',
  cost: '26',
  before: '16',
  kinds: [
    { category: 'international', cost: '24.5', before: '16' },
    { category: 'sms', cost: '1.5', before: '0' },
  ],
  offices: [
    { name: 'New York', cost: '20', before: '6' },
    { name: 'San Francisco', cost: '6', before: '10' },
  ],
  movers: [{ category: 'international', office: 'New York', cost: '20', before: '6' }],
  runway: { office: 'New York', isAi: false, days: 9.2, range: { low: 7.4, high: 11.6 }, usageDays: 14 },
  overdrawn: [{ name: 'New York', amount: '12.4' }],
  waiting: { approvals: 1, requests: 2, pausedRecharges: 0 },
};
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

beforeEach(async () => {
  for (const user of ['ana', 'li', 'marco']) await driver.close(user, { all: true }).catch(() => undefined);
});

afterEach(async () => {
  await tryOut.app.db.roleAssignment.deleteMany({ where: { grantedBy: 'the test' } });
});

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const said = (message: Seen): string => `${message.text}\n${visibleText(message.blocks)}`;

async function says(user: string, channel: string, words: RegExp): Promise<Seen> {
  return await driver.eventually(async () => {
    const message = (await driver.messages(user, channel)).at(-1);
    return message !== undefined && words.test(said(message)) && message;
  });
}

async function window(user: string): Promise<string> {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
}

async function open(user: string): Promise<void> {
  await driver.command(user, CHANNEL, '/credits settings');
  await driver.eventually(async () => (await driver.views(user)).at(-1)?.submit === 'Save');
}

async function save(user: string, values: Record<string, unknown>): Promise<Record<string, string> | null> {
  const settings = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`setting:${key}`, value]),
  );
  const answer = await driver.submit(user, settings);
  return answer.ok
    ? null
    : ('fieldErrors' in answer && answer.fieldErrors) || { refused: JSON.stringify(answer) };
}

const sentence = (errors: Record<string, string> | null): string => Object.values(errors ?? {}).join('\n');
const company = () => tryOut.app.db.company.findUniqueOrThrow({ where: { id: companyId } });
const changesTold = async (): Promise<number> =>
  await tryOut.app.db.notice.count({ where: { kind: 'settings' } });
const audits = async (): Promise<number> =>
  await tryOut.app.db.audit.count({ where: { action: 'settings-changed' } });

const makeCompanyAdmin = (userId: string) =>
  tryOut.app.db.roleAssignment.create({
    data: {
      companyId,
      teamId: TEAM,
      userId,
      role: 'company_admin',
      grantedBy: 'the test',
      grantedAt: new Date(),
    },
  });

/** Sends a submission as Slack would, rightly signed: what is forged is inside it. */
async function forge(user: string, token: string, values: unknown): Promise<string> {
  const payload = {
    type: 'view_submission',
    team: { id: TEAM },
    user: { id: user, team_id: TEAM },
    view: { id: 'VFORGED', callback_id: 'settings_form', private_metadata: token, state: { values } },
  };
  return (await sendAsSlack(tryOut, interaction(payload))).text;
}

describe('/credits settings', () => {
  it('shows a company admin how everything is, and saves nothing and says nothing where nothing was changed', async () => {
    await open('ana');
    expect(await window('ana')).toMatch(
      /Notifications[\s\S]*San Francisco: alert below[\s\S]*Time zone[\s\S]*Billing day/,
    );
    expect(await window('ana')).toMatch(
      /Set by your provider: purchases from \$5\.00 to \$1,000\.00\. Purchase limit: \$2,500\.00 in 24 hours/,
    );
    expect(await save('ana', {})).toBe(null);
    expect(await window('ana')).toMatch(/No changes to save/);
    expect([await changesTold(), await audits()]).toEqual([0, 0]);
  });

  it('leads a company admin to people and to spending limits, and has them back after that', async () => {
    for (const [label, title] of [
      ['People', 'People'],
      ['Spending limits', 'Spending limits'],
    ] as const) {
      await open('ana');
      const viewId = (await driver.views('ana')).at(-1)?.id ?? '';
      await driver.click('ana', { kind: 'view', viewId }, { label });
      await driver.eventually(async () => (await driver.views('ana')).at(-1)?.title === title);
      await driver.close('ana');
      expect(await window('ana')).toMatch(/^Settings\n/);
      await driver.close('ana', { all: true });
    }
  });

  it('has spending summed up every week once somebody wants it, in the channel, with a chart', async () => {
    const { db } = tryOut.app;
    const { clock } = tryOut.sandbox;
    await open('ana');
    expect(await save('ana', { digest: 'week' })).toBe(null);
    expect(await window('ana')).toMatch(/the spending digest from none to weekly/);
    expect(await db.digestSchedule.findMany()).toMatchObject([{ companyId, every: 'week' }]);
    await postNotice(db, { companyId, dedupeKey: 'digest', at: clock.now(), facts: DIGEST });
    const digest = await says('ana', CHANNEL, /Nov 23–29, 2026: \$26\.00/);
    expect(said(digest)).toMatch(
      /up 63% from the week before[\s\S]*New York \$20\.00[\s\S]*about 9 days left \(7–12/,
    );
    expect(digest.blocks.map(({ type }) => type)).toContain('data_visualization');
    await open('ana');
    expect(await save('ana', { digest: 'none' })).toBe(null);
    expect(await db.digestSchedule.count()).toBe(0);
  });

  it('keeps what receipts print of the company, beside the tax that only the operator sets', async () => {
    const { db } = tryOut.app;
    const at = tryOut.sandbox.clock.now();
    await changeCompany(db, companyId, { taxRateBp: 1900, taxId: 'DE123' }, { at });
    const before = await audits();
    await open('ana');
    expect(await window('ana')).toMatch(
      /Receipts and invoices[\s\S]*Tax and its ID are set by your provider/,
    );
    const tooLong = { billing_address: Array.from({ length: 7 }, (_, i) => `Line ${i}`).join('\n') };
    expect(sentence(await save('ana', tooLong))).toMatch(/at most 6 lines of 60 characters/);
    const details = { legal_name: 'Acme  Holdings Inc.', billing_address: ' 1 Main Street\n\nSpringfield ' };
    expect(await save('ana', { ...details, po_number: 'PO-77' })).toBe(null);
    expect(await window('ana')).toMatch(/the address on receipts from none to 1 Main Street, Springfield/);
    const rows = await db.billingDetails.findMany({ where: { companyId }, orderBy: { since: 'desc' } });
    expect(rows[0]).toMatchObject({
      legalName: 'Acme Holdings Inc.',
      address: '1 Main Street\nSpringfield',
      poNumber: 'PO-77',
      taxRateBp: 1900,
      taxId: 'DE123',
    });
    expect([rows.length, await audits()]).toEqual([2, before + 1]);
    const audit = await db.audit.findFirstOrThrow({
      where: { action: 'settings-changed' },
      orderBy: { id: 'desc' },
    });
    expect([audit.actor, audit.details]).toMatchObject([
      `${TEAM}/U0ANA00001`,
      { legal_name: 'none → Acme Holdings Inc.', po_number: 'none → PO-77' },
    ]);
    await says('ana', CHANNEL, /the legal name on receipts from none to Acme Holdings Inc\./);
    await open('ana');
    expect(await save('ana', { legal_name: '', billing_address: '', po_number: '' })).toBe(null);
    await open('li');
    expect(await window('li')).not.toMatch(/Receipts and invoices/);
    const { private_metadata: token } = (await driver.views('li')).at(-1) as unknown as {
      private_metadata: string;
    };
    await forge('U0LI000001', token, { 'legal_name~x': { 'setting:legal_name': { value: 'Li Ltd.' } } });
    expect(await db.billingDetails.count({ where: { companyId, legalName: 'Li Ltd.' } })).toBe(0);
    await db.audit.deleteMany({ where: { action: 'settings-changed' } });
    await db.notice.deleteMany({ where: { kind: 'settings' } });
  });

  it('keeps a change, with who and when, and says it once in the channel', async () => {
    await open('ana');
    expect(await save('ana', { time_zone: 'Europe/Berlin' })).toBe(null);
    expect(await window('ana')).toMatch(
      /Saved:\*\n• the time zone from America\/Los_Angeles to Europe\/Berlin/,
    );
    await says(
      'ana',
      CHANNEL,
      /<@U0ANA00001> changed the time zone from America\/Los_Angeles to Europe\/Berlin\./,
    );
    expect((await company()).timeZone).toBe('Europe/Berlin');
    const audit = await tryOut.app.db.audit.findFirstOrThrow({ where: { action: 'settings-changed' } });
    expect([audit.actor, audit.details]).toEqual([
      `${TEAM}/U0ANA00001`,
      { time_zone: 'America/Los_Angeles → Europe/Berlin' },
    ]);
    await driver.close('ana');
    await open('ana');
    await save('ana', { time_zone: 'America/Los_Angeles', billing_day: '31' });
    await says(
      'ana',
      CHANNEL,
      /changed the settings:\n• the time zone .*\n• the billing day from the 1st to the last day of the month/,
    );
    expect(await changesTold()).toBe(2);
  });

  it('refuses each wrong figure beside its field, and then saves none of the others', async () => {
    await open('ana');
    const [wallet] = await tryOut.app.db.wallet.findMany({ where: { companyId, officeId: { not: null } } });
    const errors = await save('ana', {
      [`alert_calls:${wallet?.id}`]: 'some',
      approval_limit: '-5',
      time_zone: 'Asia/Tokyo',
    });
    expect(Object.keys(errors ?? {}).map((key) => key.replace(/~.*/, ''))).toEqual([
      `alert_calls:${wallet?.id}`,
      'approval_limit',
    ]);
    expect((await company()).timeZone).toBe('America/Los_Angeles');
  });

  it('takes no approval limit above the operator’s, and none where nobody could approve', async () => {
    const data = { operatorApprovalLimitMicros: toMicros(dollars('500')) };
    await tryOut.app.db.company.update({ where: { id: companyId }, data });
    await open('ana');
    expect(await window('ana')).toMatch(/Your provider’s limit is \$500\.00; yours can only be lower/);
    expect(sentence(await save('ana', { approval_limit: '500.01' }))).toMatch(
      /provider’s limit is \$500\.00/,
    );
    const sam = { companyId, userId: 'U0SAM00001' };
    await tryOut.app.db.roleAssignment.updateMany({ where: sam, data: { suspendedAt: new Date() } });
    expect(sentence(await save('ana', { approval_limit: '100' }))).toMatch(
      /San Francisco needs a second admin who can approve/,
    );
    await tryOut.app.db.roleAssignment.updateMany({ where: sam, data: { suspendedAt: null } });
    expect(await save('ana', { approval_limit: '100' })).toBe(null);
    expect((await company()).approvalLimitMicros).toBe(toMicros(dollars('100')));
  });

  it('tells what was low by the old level anew by the new one', async () => {
    const [wallet] = await tryOut.app.db.wallet.findMany({ where: { companyId, officeId: { not: null } } });
    const key = `alert_calls:${wallet?.id}`;
    await open('ana');
    await save('ana', { [key]: '1000' });
    await driver.eventually(async () =>
      (await driver.messages('ana', CHANNEL)).some((message) =>
        /San Francisco is low:\*/.test(said(message)),
      ),
    );
    await driver.close('ana');
    await open('ana');
    await save('ana', { [key]: '' });
    await driver.eventually(async () =>
      (await driver.messages('ana', CHANNEL)).some((message) =>
        /San Francisco has credits again\.\* .*It was low from/.test(said(message)),
      ),
    );
    const watched = await tryOut.app.db.wallet.findFirstOrThrow({
      where: { companyId, id: wallet?.id ?? 0n },
    });
    expect(watched.watchCallsMicros).toBe(null);
  });
});

describe('a channel', () => {
  it('is not chosen where Refill is not, and is once it was invited; the old one hears of it', async () => {
    await open('ana');
    expect(sentence(await save('ana', { channel_any: 'C0GENERAL1' }))).toMatch(/Type \/invite @Refill there/);
    await driver.command('ana', '#general', '/invite @Refill');
    expect(await save('ana', { channel_any: 'C0GENERAL1' })).toBe(null);
    await says('ana', '#general', /Refill can post here/);
    expect((await driver.messages('li', '#general')).some((each) => /can post here/.test(said(each)))).toBe(
      false,
    );
    await says('ana', CHANNEL, /changed the default channel from <#C0CREDITS1> to <#C0GENERAL1>/);
    await open('ana');
    await save('ana', { billing_day: '15' });
    await says('ana', '#general', /changed the billing day/);
  });

  it('of a topic of its own takes that topic alone; the general one again undoes it', async () => {
    await open('ana');
    await save('ana', { channel_any: 'C0CREDITS1', channel_purchases: 'C0GENERAL1' });
    await open('ana');
    await save('ana', { billing_day: '1' });
    await says('ana', CHANNEL, /changed the billing day/);
    await driver.command('li', CHANNEL, '/credits add 20');
    await driver.eventually(async () => /Review purchase/.test(await window('li')));
    await driver.submit('li');
    await says('li', '#general', /added \*\$20\.00\*/);
    await driver.close('ana', { all: true });
    await open('ana');
    await save('ana', { channel_purchases: 'C0CREDITS1' });
    const rows = await tryOut.app.db.noticeChannel.findMany({ where: { companyId } });
    expect(rows.map(({ kind, channelId }) => [kind, channelId])).toEqual([['any', 'C0CREDITS1']]);
  });
});

describe('who may', () => {
  it('office admins set the alert of their own office and nothing else, whatever they send', async () => {
    await open('li');
    expect(await window('li')).toMatch(/alert below/);
    expect(await window('li')).not.toMatch(/Time zone|Notifications|second admin|San Francisco/);
    const { token } = await tryOut.app.db.draft.findFirstOrThrow({
      where: { actor: { endsWith: '/U0LI000001' } },
    });
    const before = await company();
    await forge('U0LI000001', token, {
      'time_zone~00000000': { 'setting:time_zone': { selected_option: { value: 'Asia/Tokyo' } } },
      time_zone: { 'setting:time_zone': { selected_option: { value: 'Asia/Tokyo' } } },
    });
    expect((await company()).timeZone).toBe(before.timeZone);
  });

  it('members are told whom to ask, and see no button on Home', async () => {
    await driver.command('priya', CHANNEL, '/credits settings');
    await says('priya', CHANNEL, /Only company admins can change settings\. Ask <@U0ANA00001>/);
    expect(visibleText(await driver.openHome('priya'))).not.toMatch(/Settings/);
    await driver.openHome('ana');
    await driver.eventually(async () => /Settings/.test(visibleText(await driver.home('ana'))));
    await driver.click('ana', { kind: 'home' }, { label: 'Settings' });
    await driver.eventually(async () => /Notifications/.test(await window('ana')));
  });

  it('another’s token, nonsense and a role lost meanwhile change nothing', async () => {
    await makeCompanyAdmin('U0MARCO001');
    await open('ana');
    await open('marco');
    const { token } = await tryOut.app.db.draft.findFirstOrThrow({
      where: { kind: 'settings', actor: { endsWith: '/U0ANA00001' } },
      orderBy: { createdAt: 'desc' },
    });
    for (const each of [token, '', 'nonsense'])
      expect(await forge('U0MARCO001', each, {})).toMatch(/Nothing was changed/);
    await tryOut.app.db.roleAssignment.deleteMany({ where: { grantedBy: 'the test' } });
    const before = await audits();
    await save('marco', { billing_day: '9' });
    expect(await window('marco')).toMatch(/Only company admins can change settings/);
    expect(await audits()).toBe(before);
  });

  it('what somebody else saved meanwhile is not overwritten: it is said, and the second save counts', async () => {
    await makeCompanyAdmin('U0MARCO001');
    await open('ana');
    await open('marco');
    expect(await save('marco', { billing_day: '20' })).toBe(null);
    expect(await save('ana', { time_zone: 'Asia/Tokyo', billing_day: '9' })).toBe(null);
    expect(await window('ana')).toMatch(
      /Not saved\.\* <@U0MARCO001> changed these settings while this was open:\n• the billing day from the 1st to the 20th/,
    );
    expect([(await company()).billingDay, (await company()).timeZone]).toEqual([20, 'America/Los_Angeles']);
    expect(await save('ana', {})).toBe(null);
    const { billingDay, timeZone } = await company();
    expect([billingDay, timeZone]).toEqual([20, 'Asia/Tokyo']);
  });

  it('of two saves at once each is kept or refused whole, and each that is kept is told once', async () => {
    await makeCompanyAdmin('U0MARCO001');
    await open('ana');
    await open('marco');
    const before = [await changesTold(), await audits()];
    await Promise.all([save('ana', { billing_day: '3' }), save('marco', { billing_day: '4' })]);
    const windows = [await window('ana'), await window('marco')];
    expect(windows.filter((text) => /Saved/.test(text))).toHaveLength(1);
    expect(windows.filter((text) => /Not saved/.test(text))).toHaveLength(1);
    expect([await changesTold(), await audits()]).toEqual(before.map((count) => count + 1));
  });
});

describe('quiet hours', () => {
  const top = async (user: string) => (await driver.views(user)).at(-1);
  const change = async (values: Record<string, unknown>) => {
    await open('ana');
    const below = (await top('ana'))?.id ?? '';
    await driver.click('ana', { kind: 'view', viewId: below }, { label: 'Change quiet hours' });
    await driver.eventually(async () => (await top('ana'))?.title === 'Quiet hours');
    return await send(values);
  };
  const send = async (values: Record<string, unknown>) => {
    const answer = await driver.submit('ana', values);
    return answer.ok ? null : 'fieldErrors' in answer && answer.fieldErrors;
  };
  const usual = { quiet_on: 'on', quiet_from: '22:00', quiet_to: '07:00' };

  it('say what is wrong beside each field, and save nothing then', async () => {
    expect(await change({ ...usual, quiet_to: '22:00', quiet_days: [] })).toMatchObject({
      quiet_to: expect.stringMatching(/Choose another time/),
      quiet_days: 'Choose at least one day.',
    });
    expect(await send({ ...usual, quiet_from: null })).toMatchObject({
      quiet_from: 'Choose a time.',
    });
    expect(await tryOut.app.db.quietHours.count()).toBe(0);
  });

  it('are saved, told once, and shown; channels then get what waited as one message', async () => {
    const { db } = tryOut.app;
    const { clock } = tryOut.sandbox;
    expect(await change({ ...usual, quiet_from: '00:00', quiet_to: '23:59' })).toBe(null);
    await driver.eventually(async () =>
      /12:00 AM–11:59 PM, every day/.test(visibleText((await top('ana'))?.blocks)),
    );
    const facts = (to: string): NoticeFacts => ({
      kind: 'settings',
      byUserId: null,
      changes: [{ field: 'company_name', scopeLabel: null, from: 'Acme', to }],
    });
    await postNotice(db, { companyId, dedupeKey: 'held-1', at: clock.now(), facts: facts('Acme One') });
    await postNotice(db, { companyId, dedupeKey: 'held-2', at: clock.now(), facts: facts('Acme Two') });
    await driver.close('ana', { all: true });
    expect(await change({ quiet_on: 'off' })).toBe(null);
    const message = await says('ana', CHANNEL, /Acme Two/);
    expect(said(message)).toMatch(/Since quiet hours began[\s\S]*Acme One[\s\S]*Acme Two/);
    expect(await db.quietHours.count()).toBe(0);
  });
});
