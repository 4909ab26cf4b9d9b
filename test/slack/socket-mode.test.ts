import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visibleText } from '../../src/sandbox/slack/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut({ socket: true });
});

afterAll(() => tryOut?.close());

describe('Socket Mode', () => {
  it('carries a purchase from the command to the receipt', async () => {
    const { driver } = tryOut.sandbox.workspace;
    await driver.eventually(
      async () => (await driver.command('li', '#phone-credits', '/credits add 20')).ok,
      10_000,
    );
    const review = await driver.eventually(async () => (await driver.views('li')).at(-1));
    expect(review.title).toBe('Review purchase');
    await driver.submit('li');
    await driver.eventually(async () =>
      (await driver.messages('ana', '#phone-credits')).some(({ blocks }) =>
        /\$20\.00\* of credits added/.test(visibleText(blocks)),
      ),
    );
  });
});
