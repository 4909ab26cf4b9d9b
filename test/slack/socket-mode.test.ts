import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { createSocket } from '../../src/slack/connection/connect.ts';
import { visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut({ socket: true });
});

afterAll(() => tryOut?.close());

describe('Socket Mode', () => {
  it('carries a purchase from the command to the receipt', async () => {
    const { driver } = tryOut.sandbox.workspace;
    await driver.eventually(async () => (await driver.command('li', '#phone-credits', '/credits add 20')).ok);
    // The window opens at once with what is being looked up; what can be submitted comes after it.
    const review = await driver.eventually(async () =>
      (await driver.views('li')).find(({ submit }) => submit !== null),
    );
    expect(review.title).toBe('Review purchase');
    await driver.submit('li');
    await driver.eventually(async () =>
      (await driver.messages('ana', '#phone-credits')).some(({ blocks }) =>
        /added \*\$20\.00\*/.test(visibleText(blocks)),
      ),
    );
  });

  it('comes back by itself after the network was down', async () => {
    const { driver, faults } = tryOut.sandbox.workspace;
    faults.set({ kind: 'all-down' });
    // Its own tries have failed a few times, so that what brings it back is no first try.
    await driver.eventually(async () => faults.countCut('apps.connections.open') >= 3);
    expect((await driver.command('li', '#phone-credits', '/credits help')).ok).toBe(false);
    faults.clear();
    await driver.eventually(async () => (await driver.command('li', '#phone-credits', '/credits help')).ok);
    await driver.eventually(async () =>
      (await driver.messages('li', '#phone-credits')).some(({ text }) =>
        /What you can do with Refill/.test(text),
      ),
    );
  });

  it('refuses to start with an app token that Slack does not accept, and says which', async () => {
    const { apiUrl } = tryOut.sandbox.slack;
    const socket = createSocket({ appToken: 'xapp-wrong' }, apiUrl, createLogger('silent'));
    await expect(socket.start()).rejects.toThrow(/does not accept SLACK_APP_TOKEN \(invalid_auth\)/);
    await socket.stop();
  });
});
