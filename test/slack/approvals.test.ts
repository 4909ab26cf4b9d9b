import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setOperatorApprovalLimit } from '../../src/billing/index.ts';
import { DAY_MS } from '../../src/durations.ts';
import { dollars, toMicros } from '../../src/money.ts';
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
  await setOperatorApprovalLimit(tryOut.app.db, {
    companyId,
    limit: dollars('100'),
    at: new Date(),
    isForced: true,
  });
});

afterAll(() => tryOut?.close());

beforeEach(async () => {
  for (const user of ['ana', 'li']) await driver.close(user, { all: true }).catch(() => undefined);
  await tryOut.app.db.company.update({
    where: { id: companyId },
    data: {
      purchaseMaxMicros: toMicros(dollars('1000')),
      purchaseDailyMaxMicros: toMicros(dollars('100000')),
    },
  });
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

async function windowSays(user: string, words: RegExp): Promise<string> {
  return await driver.eventually(async () => {
    const view = (await driver.views(user)).at(-1);
    const text = view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
    return words.test(text) && text;
  });
}

const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

/** Li, who buys for New York alone, asks for this much; returns the question and its purchase. */
async function ask(amount: string): Promise<{ question: Seen; orderId: bigint }> {
  await driver.command('li', CHANNEL, `/credits add ${amount}`);
  await windowSays('li', /Amounts over \$100\.00 need a second admin\. We’ll ask <@U0ANA00001>/);
  expect(await driver.submit('li')).toEqual({ ok: true });
  await windowSays('li', /Waiting for approval/);
  const question = await says('ana', CHANNEL, /Approval needed/);
  const { id } = await tryOut.app.db.purchaseOrder.findFirstOrThrow({ orderBy: { id: 'desc' } });
  return { question, orderId: id };
}

const stateOf = async (orderId: bigint): Promise<string> =>
  (await tryOut.app.db.purchaseOrder.findFirstOrThrow({ where: { id: orderId } })).state;
const attemptsOf = async (orderId: bigint): Promise<number> =>
  await tryOut.app.db.paymentAttempt.count({ where: { orderId } });
const questions = async (): Promise<number> =>
  (await driver.messages('ana', CHANNEL)).filter((message) => /Approval needed/.test(said(message))).length;
const settled = (orderId: bigint) => driver.eventually(async () => (await stateOf(orderId)) === 'settled');

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

/** Sends a click as Slack would, rightly signed: what is forged is inside it. */
async function forgeClick(user: string, actionId: string, value: string): Promise<number> {
  const payload = {
    type: 'block_actions',
    team: { id: TEAM },
    user: { id: user, team_id: TEAM },
    container: { type: 'message' },
    actions: [{ type: 'button', action_id: actionId, block_id: 'b', value }],
  };
  return (await sendAsSlack(tryOut, interaction(payload))).status;
}

describe('a purchase above the approval limit', () => {
  it('is charged at the limit and asked about a cent above it', async () => {
    await driver.command('li', CHANNEL, '/credits add 100');
    expect(await windowSays('li', /Review purchase/)).not.toMatch(/second admin/);
    await driver.submit('li');
    await says('ana', CHANNEL, /added \*\$100\.00\* to/);
    const { question, orderId } = await ask('100.01');
    await click('ana', question, 'Decline');
    await driver.eventually(async () => (await stateOf(orderId)) === 'abandoned');
  });

  it('charges nothing until another admin approves; then one charge, and everybody is told who and when', async () => {
    const { question, orderId } = await ask('150');
    expect(said(question)).toMatch(
      /<@U0LI000001> requests approval to add \*\$150\.00\* to New York with Visa\s••••\s4242\.\n.*Nothing is charged until then\. Expires \w+ \d+, \d+:\d\d\s[AP]M\sP[SD]T\.\n<@U0ANA00001> and <@U0SAM00001> can approve\./,
    );
    expect(await attemptsOf(orderId)).toBe(0);
    await click('ana', question, 'Approve');
    await settled(orderId);
    expect(await attemptsOf(orderId)).toBe(1);
    const after = await driver.eventually(async () => {
      const found = (await driver.messages('ana', CHANNEL)).find(({ ts }) => ts === question.ts);
      return found !== undefined && /Approved/.test(said(found)) && found;
    });
    expect(said(after)).toMatch(/Approved\* by <@U0ANA00001> at \d+:\d\d [AP]M P[SD]T/);
    expect(JSON.stringify(after.blocks)).not.toMatch(/approval_approve/);
    await says('li', 'dm', /<@U0ANA00001> approved your request to add \*\$150\.00\* to New York/);
    await windowSays('li', /\$150\.00 added/);
    const audit = await tryOut.app.db.audit.findFirstOrThrow({ where: { action: 'purchase-approved' } });
    expect(audit.actor).toBe(`${TEAM}/U0ANA00001`);
  });

  it('is not decided by who asked', async () => {
    const { question, orderId } = await ask('151');
    for (const label of ['Approve', 'Decline']) {
      await click('li', question, label);
      await says('li', CHANNEL, /your own request, so another admin has to approve it/);
    }
    expect(await stateOf(orderId)).toBe('awaiting_approval');
    await click('ana', question, 'Decline');
    await driver.eventually(async () => (await stateOf(orderId)) === 'abandoned');
    await windowSays('li', /<@U0ANA00001> declined this request\. You weren’t charged/);
    await says('li', 'dm', /<@U0ANA00001> declined your request/);
    expect(await attemptsOf(orderId)).toBe(0);
  });

  it('is not decided by members, managers, guests, or with a question that is none', async () => {
    const { question, orderId } = await ask('152');
    const { token } = await tryOut.app.db.approval.findFirstOrThrow({ where: { orderId } });
    await click('priya', question, 'Approve');
    await says(
      'priya',
      CHANNEL,
      /Only admins who can add these credits can answer this request\. Ask <@U0ANA00001>/,
    );
    await click('jo', question, 'Approve');
    await says('jo', CHANNEL, /Guests, people from other workspaces/);
    for (const value of ['', 'nonsense', token.toUpperCase(), '1']) {
      expect(await forgeClick('U0ANA00001', 'approval_approve', value)).toBe(200);
      await says('ana', 'dm', /no longer available/);
    }
    expect(await stateOf(orderId)).toBe('awaiting_approval');
    await click('ana', question, 'Decline');
    await driver.eventually(async () => (await stateOf(orderId)) === 'abandoned');
  });

  it('has one outcome when two admins answer at once, and says so to the other', async () => {
    await makeCompanyAdmin('U0MARCO001');
    const { question, orderId } = await ask('153');
    await Promise.all([
      click('ana', question, 'Approve'),
      click('marco', question, 'Approve'),
      click('ana', question, 'Approve'),
    ]);
    await settled(orderId);
    expect(await attemptsOf(orderId)).toBe(1);
    expect(
      await tryOut.app.db.audit.count({
        where: { action: 'purchase-approved', details: { path: ['order'], equals: orderId.toString() } },
      }),
    ).toBe(1);
    const late = await driver.eventually(async () => {
      const all = [...(await driver.messages('ana', CHANNEL)), ...(await driver.messages('marco', CHANNEL))];
      return all.some((message) => /was already approved by/.test(said(message)));
    });
    expect(late).toBe(true);
  });

  it('asks again at the yes what stands against it, and stays open', async () => {
    const { question, orderId } = await ask('154');
    await tryOut.app.db.company.update({
      where: { id: companyId },
      data: { purchaseMaxMicros: toMicros(dollars('200')), purchaseDailyMaxMicros: toMicros(dollars('200')) },
    });
    await click('ana', question, 'Approve');
    await says(
      'ana',
      CHANNEL,
      /in 24 hours\. \$0\.00 remaining\. You weren’t charged, and the request stays open/,
    );
    expect(await stateOf(orderId)).toBe('awaiting_approval');
    tryOut.sandbox.clock.advance(DAY_MS + 60_000);
    await click('ana', question, 'Approve');
    await settled(orderId);
  });

  it('is not charged by a yes once who asked may not buy any more', async () => {
    const { question, orderId } = await ask('155');
    const where = { companyId, userId: 'U0LI000001', role: 'office_admin' as const };
    const role = await tryOut.app.db.roleAssignment.findFirstOrThrow({ where });
    await tryOut.app.db.roleAssignment.delete({ where: { companyId_id: { companyId, id: role.id } } });
    await click('ana', question, 'Approve');
    await says('ana', CHANNEL, /can no longer do this, so you can only decline/);
    expect(await attemptsOf(orderId)).toBe(0);
    const { id: _, ...again } = role;
    await tryOut.app.db.roleAssignment.create({ data: again });
    await click('ana', question, 'Decline');
    await driver.eventually(async () => (await stateOf(orderId)) === 'abandoned');
  });

  it('ends after three days without an answer, and a late yes charges nothing', async () => {
    const { question, orderId } = await ask('156');
    tryOut.sandbox.clock.advance(3 * DAY_MS + 60_000);
    await says('li', 'dm', /no one answered your request to add \*\$156\.00\*/);
    await driver.eventually(async () => (await stateOf(orderId)) === 'abandoned');
    await driver.eventually(async () => {
      const found = (await driver.messages('ana', CHANNEL)).find(({ ts }) => ts === question.ts);
      return found !== undefined && /Expired/.test(said(found));
    });
    const { token } = await tryOut.app.db.approval.findFirstOrThrow({ where: { orderId } });
    expect(await forgeClick('U0ANA00001', 'approval_approve', token)).toBe(200);
    await says('ana', 'dm', /has expired/);
    expect(await attemptsOf(orderId)).toBe(0);
  });

  it('cannot be requested where nobody else could approve it: there is no button, and nobody is asked', async () => {
    const sam = { where: { userId: 'U0SAM00001' } };
    await tryOut.app.db.roleAssignment.updateMany({ ...sam, data: { suspendedAt: new Date() } });
    const before = await questions();
    await driver.command('ana', CHANNEL, '/credits add 200');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const { id } = await tryOut.app.db.office.findFirstOrThrow({ where: { isPrimary: true } });
    expect(await driver.submit('ana', { scope: `office:${id}` })).toEqual({ ok: true });
    await windowSays(
      'ana',
      /no other admin who can approve this\. Choose a smaller amount, or ask your provider/,
    );
    expect((await driver.views('ana')).at(-1)?.submit).toBeNull();
    expect(await questions()).toBe(before);
    await tryOut.app.db.roleAssignment.updateMany({ ...sam, data: { suspendedAt: null } });
  });

  it('reaches the approver by direct message, asks once more with the amount, and shows the answer in both places', async () => {
    const { question, orderId } = await ask('157');
    const direct = await says('ana', 'dm', /requests approval to add \*\$157\.00\*/);
    expect(said(direct)).not.toMatch(/can approve/);
    expect(visibleText(direct.blocks)).toMatch(/Charge \$157\.00 to Visa\s••••\s4242\?/);
    await click('ana', direct, 'Approve');
    await settled(orderId);
    for (const [channel, { ts }] of [
      [CHANNEL, question],
      ['dm', direct],
    ] as const)
      await driver.eventually(async () => {
        const found = (await driver.messages('ana', channel)).find((each) => each.ts === ts);
        return (
          found !== undefined &&
          /Approved\* by <@U0ANA00001>/.test(said(found)) &&
          !JSON.stringify(found.blocks).includes('approval_approve')
        );
      });
  });
});
