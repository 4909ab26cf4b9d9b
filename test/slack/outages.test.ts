import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { barrier } from '../support/barrier.ts';
import { takeDatabaseAway } from '../support/database-away.ts';
import { sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
});

afterAll(() => tryOut?.close());

const lastSays = (user: string, words: RegExp): Promise<unknown> =>
  driver.eventually(async () => {
    const message = (await driver.messages(user, CHANNEL)).at(-1);
    return words.test(`${message?.text}\n${visibleText(message?.blocks)}`);
  });
const windowSays = (user: string, words: RegExp): Promise<unknown> =>
  driver.eventually(async () => words.test(visibleText((await driver.views(user)).at(-1)?.blocks)));

describe('while the database is away', () => {
  it('people are told, with a reference, and afterwards everything works again by itself', async () => {
    await driver.command('li', CHANNEL, '/credits add 20');
    await windowSays('li', /Balance/);
    const bringBack = await takeDatabaseAway(tryOut.databaseUrl);
    await driver.command('ana', CHANNEL, '/credits');
    await lastSays('ana', /[Yy]ou weren’t charged.*[Rr]eference \*[2-9A-Z]{4}-[2-9A-Z]{2}\*/);
    await driver.submit('li');
    await windowSays('li', /[Yy]ou weren’t charged.*[Rr]eference/);
    await bringBack();
    await driver.eventually(async () => {
      await driver.command('ana', CHANNEL, '/credits');
      const message = (await driver.messages('ana', CHANNEL)).at(-1);
      return /Available balance/.test(visibleText(message?.blocks));
    });
    const order = await tryOut.app.db.purchaseOrder.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(order.state).toBe('draft');
  });
});

describe('what stands against a purchase since its review', () => {
  it('is said in the window, with the way back, and nothing is charged', async () => {
    await driver.close('li', { all: true }).catch(() => undefined);
    await driver.command('li', CHANNEL, '/credits add 20');
    await windowSays('li', /Balance/);
    const { purchaseMaxMicros } = await tryOut.app.db.company.findFirstOrThrow();
    await tryOut.app.db.company.updateMany({ data: { purchaseMaxMicros: 10_000_000n } });
    await driver.submit('li');
    await windowSays('li', /largest purchase is \$10\.00\. \*You weren’t charged\.\*/);
    await tryOut.app.db.company.updateMany({ data: { purchaseMaxMicros } });
    const viewId = (await driver.views('li')).at(-1)?.id ?? '';
    await driver.click('li', { kind: 'view', viewId }, { label: 'Back' });
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Review');
  });

  it('is told on the way back to a card when the card is gone', async () => {
    await driver.submit('li', { choice: '20.00' });
    await windowSays('li', /Balance/);
    await tryOut.app.db.card.updateMany({ data: { isDefault: false } });
    await driver.submit('li');
    await windowSays('li', /No card on file yet/);
    await tryOut.app.db.card.updateMany({ data: { isDefault: true } });
  });
});

/** Slack says who somebody is, whoever asks, when it is told to and not before. */
function slackWaits(): { answers(): void } {
  const { opened, open } = barrier();
  const { faults } = tryOut.sandbox.workspace;
  faults.set({ kind: 'slow', method: 'users.info', until: opened, times: Number.POSITIVE_INFINITY });
  return {
    answers() {
      faults.clear();
      open();
    },
  };
}

describe('a slow day', () => {
  it('acknowledges a command though the database answers nothing yet', async () => {
    const other = new pg.Client({ connectionString: tryOut.databaseUrl });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE workspace IN ACCESS EXCLUSIVE MODE');
    const typed = { command: '/credits', text: 'help', team_id: 'T0ACME0001', user_id: 'U0ANA00001' };
    const { status } = await sendAsSlack(tryOut, new URLSearchParams(typed).toString());
    await other.query('COMMIT');
    await other.end();
    expect(status).toBe(200);
  });

  it('opens the window at once and fills it when the figures are there', async () => {
    await driver.close('li', { all: true }).catch(() => undefined);
    tryOut.sandbox.clock.advance(10 * 60_000);
    const slack = slackWaits();
    await driver.command('li', CHANNEL, '/credits add');
    await windowSays('li', /One moment/);
    slack.answers();
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Review');
  });

  it('does not leave the window at “one moment” when the figures never come', async () => {
    await driver.close('li', { all: true }).catch(() => undefined);
    tryOut.sandbox.clock.advance(10 * 60_000);
    const slack = slackWaits();
    await driver.command('li', CHANNEL, '/credits add');
    await windowSays('li', /One moment/);
    const bringBack = await takeDatabaseAway(tryOut.databaseUrl);
    slack.answers();
    await windowSays('li', /[Yy]ou weren’t charged.*[Rr]eference/);
    await bringBack();
  });
});

describe('a request that no address fits', () => {
  it('is answered, and the app stays', async () => {
    const { port } = new URL(tryOut.appUrl);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET // HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'),
      );
      socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? '')).once('error', reject);
      socket.once('data', () => socket.destroy());
    });
    expect(answer).toBe('HTTP/1.1 404 Not Found');
  });
});

describe('a stop of the app', () => {
  it('waits until the commands that were acknowledged are answered', async () => {
    const other = new pg.Client({ connectionString: tryOut.databaseUrl });
    await other.connect();
    const countAnswers = async (): Promise<number> =>
      (await driver.messages('ana', CHANNEL)).filter(({ blocks }) =>
        /Available balance/.test(visibleText(blocks)),
      ).length;
    const before = await countAnswers();
    await other.query('BEGIN; LOCK TABLE role_assignment IN ACCESS EXCLUSIVE MODE');
    for (let typed = 0; typed < 12; typed += 1) await driver.command('ana', CHANNEL, '/credits');
    const stopped = tryOut.app.stop();
    await other.query('COMMIT');
    await other.end();
    await stopped;
    tryOut.app.stop = async () => undefined;
    expect(await countAnswers()).toBe(before + 12);
  });
});
