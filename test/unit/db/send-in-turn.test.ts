import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sendInTurn } from '../../../src/db/send-in-turn.ts';

it('a statement of a transaction is sent once the one before it is answered or has failed', async () => {
  const events: string[] = [];
  const send = async ({ sql }: { sql: string }): Promise<never> => {
    events.push(`${sql} sent`);
    await setImmediate();
    events.push(`${sql} over`);
    if (sql === 'bad') throw new Error('refused');
    return sql as never;
  };
  const transaction = sendInTurn({ queryRaw: send, executeRaw: send });
  const statement = (sql: string) => ({ sql, args: [], argTypes: [] });
  const answers = await Promise.allSettled([
    transaction.queryRaw(statement('first')),
    transaction.executeRaw(statement('bad')),
    transaction.queryRaw(statement('last')),
  ]);
  expect(events).toEqual(['first sent', 'first over', 'bad sent', 'bad over', 'last sent', 'last over']);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
