import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { recordAudit } from '../../src/org/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const wordsOf = ({ text, blocks }: Seen): string => `${text}\n${visibleText(blocks)}`;

async function listed(user: string, rest = ''): Promise<Seen> {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, `/credits audit ${rest}`.trim());
  return await driver.eventually(async () => (await driver.messages(user, CHANNEL))[before]);
}

/** What stands where a message stood, once it is another. */
async function after(user: string, message: Seen, does: () => Promise<unknown>): Promise<Seen> {
  const words = wordsOf(message);
  await does();
  return await driver.eventually(async () => {
    const now = (await driver.messages(user, CHANNEL)).find(({ ts }) => ts === message.ts);
    return now !== undefined && wordsOf(now) !== words ? now : undefined;
  });
}

const at = (message: Seen) =>
  ({ kind: 'message', conversationId: message.conversationId, ts: message.ts }) as const;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  await inTransaction(tryOut.app.db, async (tx) => {
    const { id: companyId } = await tx.company.findFirstOrThrow();
    for (let number = 1; number <= 35; number += 1)
      await recordAudit(tx, {
        companyId,
        at: new Date(Date.UTC(2026, 0, number)),
        actor: 'operator',
        surface: 'operator',
        action: 'directory-imported',
        details: {},
      });
  });
  await driver.command('ana', CHANNEL, '/credits add 20.00 New York');
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Pay $20.00');
  await driver.submit('ana');
  await driver.eventually(async () =>
    (await driver.messages('ana', CHANNEL)).some((each) => /added \*\$20\.00\*/.test(wordsOf(each))),
  );
  await driver.close('ana', { all: true });
});
afterAll(() => tryOut?.close());

describe('the audit', () => {
  it('says in sentences who changed what, the newest first, page by page', async () => {
    const message = await listed('ana');
    const words = wordsOf(message);
    expect(words).toMatch(/bought \$20\.00 of credits with Visa/);
    expect(words.indexOf('Credits of $20.00 were added')).toBeLessThan(words.indexOf('bought $20.00'));
    const count = /1–15 of ([\d,]+)/.exec(words)?.[1];
    expect(count).toBeDefined();
    const older = await after('ana', message, () => driver.click('ana', at(message), { label: 'Older' }));
    expect(wordsOf(older)).toContain(`16–`);
    expect(wordsOf(older)).toContain(`of ${count}`);
    expect(wordsOf(older)).not.toContain('bought $20.00');
  });

  it('is narrowed to a topic, a period and a person, typed or chosen', async () => {
    const people = wordsOf(await listed('ana', 'people'));
    expect(people).toMatch(/as |made |matched|directory/i);
    expect(people).not.toContain('bought $20.00');
    expect(wordsOf(await listed('ana', 'payments today'))).toContain('bought $20.00');
    expect(wordsOf(await listed('ana', 'payments 2020-01'))).toContain('No changes found');
    expect(wordsOf(await listed('ana', 'mars'))).toContain('I couldn’t find “mars”');
  });

  it('turns back by a page, and to the newest', async () => {
    const press = (message: Seen, label: string) =>
      after('ana', message, () => driver.click('ana', at(message), { label }));
    const first = await listed('ana');
    const third = await press(await press(first, 'Older'), 'Older');
    expect(wordsOf(third)).toMatch(/\n31–/);
    const second = await press(third, 'Newer');
    expect(wordsOf(second)).toMatch(/\n16–30 of/);
    expect(wordsOf(await press(await press(second, 'Older'), 'Newest'))).toContain('bought $20.00');
  });

  it('is narrowed by its menus, and widened again', async () => {
    const choose = (message: Seen, actionId: string, value?: unknown) =>
      after('ana', message, () => driver.click('ana', at(message), { actionId }, value));
    const payments = await choose(await listed('ana'), 'audit_area', 'payments');
    expect(wordsOf(payments)).not.toContain('directory');
    const marcos = await choose(payments, 'audit_person', 'U0MARCO001');
    expect(wordsOf(marcos)).toContain('No changes found');
    const everyones = await choose(marcos, 'audit_everyone');
    expect(wordsOf(everyones)).toBe(wordsOf(payments));
    const periods = everyones.blocks?.find(({ type }) => type === 'actions')?.elements as {
      action_id: string;
      options?: { value: string }[];
    }[];
    const earliest = periods.find(({ action_id: id }) => id === 'audit_period')?.options?.at(-1)?.value;
    expect(wordsOf(await choose(everyones, 'audit_period', earliest))).toContain('No changes found');
  });

  it('opens from Home', async () => {
    await driver.openHome('ana');
    await driver.eventually(async () => /\nAudit\b/.test(visibleText(await driver.home('ana'))));
    const before = (await driver.messages('ana', 'dm')).length;
    await driver.click('ana', { kind: 'home' }, { label: 'Audit' });
    const shown = await driver.eventually(async () => (await driver.messages('ana', 'dm'))[before]);
    expect(wordsOf(shown)).toContain('bought $20.00');
  });

  it('is sent as a file to whoever asks for it, and says the same', async () => {
    const message = await listed('ana', 'payments');
    await driver.click('ana', at(message), { label: 'Download CSV' });
    const file = await driver.eventually(async () =>
      (await driver.messages('ana', 'dm'))
        .flatMap(({ files }) => files)
        .find(({ name }) => name === 'refill-audit.csv'),
    );
    const url = new URL(file.url, tryOut.sandbox.workspace.pageUrl);
    const csv = await (await fetch(url)).text();
    expect(csv).toMatch(/^\uFEFF?"?Time \(.+\)"?,Who,Slack ID,What,Reason,From,Code\r\n/);
    expect(csv).toMatch(
      /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d,Ana .*bought \$20\.00 of credits.*,Slack,purchase-confirmed\r\n/,
    );
  });

  it('is for company admins alone', async () => {
    expect(wordsOf(await listed('li'))).toMatch(/Only company admins can see the audit\. Ask /);
  });
});
