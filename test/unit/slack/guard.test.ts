import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { RefillError } from '../../../src/errors.ts';
import { claim } from '../../../src/slack/kit/claim.ts';
import type { SlackContext } from '../../../src/slack/kit/context.ts';
import { guard } from '../../../src/slack/kit/guard.ts';
import { Refusal } from '../../../src/slack/kit/refusal.ts';

/** Runs work that fails, and returns what was said and what was logged. */
async function fail(work: () => Promise<void>): Promise<{ said: string; logged: unknown[] }> {
  const logged: unknown[] = [];
  const write = (line: string): unknown => logged.push(JSON.parse(line));
  const log = pino({ level: 'warn', base: null }, { write });
  const ctx = { log } as Partial<SlackContext> as SlackContext;
  const said: string[] = [];
  await guard(ctx, { id: '/credits', who: { teamId: 'T1', userId: 'U1' } }, work, async (words) => {
    said.push(words);
  });
  return { said: said.join('\n'), logged };
}

const REFERENCE = /\*([2-9A-Z]{4}-[2-9A-Z]{2})\*/;

describe('a handler that fails', () => {
  it('is told with what was not done and a reference that the log has', async () => {
    const { said, logged } = await fail(() => Promise.reject(new Error('boom: secret detail')));
    expect(said).toMatch(/Something went wrong on our side\. You weren’t charged/);
    expect(said).not.toMatch(/boom/);
    expect(logged).toMatchObject([
      { reference: REFERENCE.exec(said)?.[1], listener: '/credits', userId: 'U1' },
    ]);
  });

  it('says that the books are away when the database is', async () => {
    const away = new RefillError('database-unavailable', 'away');
    const { said } = await fail(() => Promise.reject(away));
    expect(said).toMatch(/temporarily unavailable.*you weren’t charged.*Reference/);
  });

  it('promises nothing where a claim broke off', async () => {
    for (const error of [new RefillError('database-unavailable', 'away'), new Error('socket hang up')]) {
      const { said } = await fail(() => claim(() => Promise.reject(error)));
      expect(said).toMatch(/we can’t tell yet whether your purchase went through/);
      expect(said).not.toMatch(/weren’t charged/);
    }
  });

  it('is not a failure when it refuses: the words go out as they are, without a reference', async () => {
    const { said, logged } = await fail(() => Promise.reject(new Refusal('Only admins can.')));
    expect([said, logged]).toEqual(['Only admins can.', []]);
  });

  it('takes what was overtaken for what it is', async () => {
    const { said } = await fail(() => claim(() => Promise.reject(new RefillError('order-unknown', 'x'))));
    expect(said).toMatch(/out of date\. You weren’t charged/);
  });
});
