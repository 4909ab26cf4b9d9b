import { afterEach, expect, it } from 'vitest';
import { visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
afterEach(() => tryOut?.close());

const lastAnswer = async (user: string): Promise<string> => {
  const message = (await tryOut.sandbox.workspace.driver.messages(user, CHANNEL)).at(-1);
  return `${message?.text ?? ''}\n${visibleText(message?.blocks)}`;
};

it('a try-out that begins empty has its admin and nothing set up', async () => {
  tryOut = await startTestTryOut({ demo: 'empty' });
  const { db } = tryOut.app;
  const { driver } = tryOut.sandbox.workspace;
  expect([await db.card.count(), await db.noticeChannel.count(), await db.roleAssignment.count()]).toEqual([
    0, 0, 1,
  ]);
  await driver.command('ana', CHANNEL, '/credits');
  await driver.eventually(async () => /\$0\.00/.test(await lastAnswer('ana')));
});

it('a try-out that pays by invoice adds what is bought to the next invoice', async () => {
  tryOut = await startTestTryOut({ demo: 'invoice' });
  const { driver } = tryOut.sandbox.workspace;
  await driver.command('li', CHANNEL, '/credits add 50');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Add $50.00 to invoice');
  await driver.submit('li');
  await driver.eventually(async () => (await tryOut.app.db.invoiceItem.count()) === 1);
  expect(await tryOut.app.db.card.count()).toBe(0);
});
