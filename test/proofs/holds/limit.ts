import { setTimeout as sleep } from 'node:timers/promises';
import { CREDITS_CHANNEL_ID } from '../../../src/demo/cast.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';
import type { Stage } from '../crash/stage.ts';
import type { Caller } from './caller.ts';
import { BAHAMAS, MICROS_A_MINUTE, playCall } from './play-call.ts';

/** The office whose spending is limited. */
export const LIMITED = 'New York';
const ADMIN = 'ana';
const QUIET_WITHIN_MS = 30_000;
const OPENS_WITHIN_MS = 6_000;
const TRIES = 8;
/** Usage that comes once the limit is reached. */
const CALLS_AFTER = 4;

/** Has a company admin limit what the office may spend in a month, in Slack. */
export async function limitInSlack({ slack: { driver }, db }: Stage, amount: string): Promise<void> {
  const office = await db.office.findFirstOrThrow({ where: { name: LIMITED } });
  const top = async () => (await driver.views(ADMIN)).at(-1);
  const isShown = (title: string, withinMs = QUIET_WITHIN_MS) =>
    driver.eventually(async () => {
      const view = await top();
      return view?.title === title && !visibleText(view.blocks).includes('Loading');
    }, withinMs);
  // On a busy machine Slack gives up waiting for a command; a person types it again.
  const open = async (): Promise<void> => {
    await driver.command(ADMIN, CREDITS_CHANNEL_ID, '/credits limits').catch(() => undefined);
    await isShown('Spending limits', OPENS_WITHIN_MS);
  };
  for (let n = 1; n < TRIES; n += 1)
    if (
      await open().then(
        () => true,
        () => false,
      )
    )
      break;
  await driver.click(ADMIN, { kind: 'view', viewId: (await top())?.id ?? '' }, { label: 'Add limit' });
  await isShown('Add spending limit');
  await driver.submit(ADMIN, { limit_of: `office:${office.id}`, limit_amount: amount });
  await driver.submit(ADMIN);
  await driver.eventually(async () => (await db.spendingLimit.count()) === 1, QUIET_WITHIN_MS);
  await driver.close(ADMIN, { all: true });
}

/**
 * Spends what is left of the limit, and more: answers what is wrong with what is told of it. The phone system gets one
 * event, and the channel a message.
 */
export async function untilNotified(
  stage: Stage,
  caller: Caller,
  of: { companyId: bigint; line: string; limited: () => Promise<{ spent: bigint; most: bigint }> },
): Promise<string[]> {
  const faults: string[] = [];
  const before = await countReached(stage);
  for (let n = 0; ; n += 1) {
    const { hold } = await playCall(caller, { id: `last-${n}`, line: of.line, seconds: 60, fate: 'capture' });
    if (hold === null) break;
  }
  const { spent, most } = await of.limited();
  if (spent + MICROS_A_MINUTE <= most) faults.push(`a hold was refused, though ${spent} of ${most} is spent`);
  await until(async () => (await countReached(stage)) > before);
  for (let n = 0; n < CALLS_AFTER; n += 1) await postCall(caller, of.line, n);
  await until(async () => !(await isJudging(stage)));
  const events = (await countReached(stage)) - before;
  if (events !== 1) faults.push(`that the limit is reached was told the phone system ${events} times`);
  await until(async () => (await countMessages(stage)) > 0);
  if ((await countMessages(stage)) === 0) faults.push('the channel was not told that the limit is reached');
  return faults;
}

async function postCall(caller: Caller, line: string, n: number): Promise<void> {
  await caller.send('/v1/usage', {
    id: `after-${n}`,
    kind: 'call',
    direction: 'outbound',
    external_number: BAHAMAS,
    internal_number: line,
    answered_at: new Date().toISOString(),
    duration_seconds: 60,
  });
}

const countReached = ({ db }: Stage): Promise<number> =>
  db.outgoingEvent.count({ where: { type: 'limit.reached' } });

/** Whether something that was spent waits for being judged. */
async function isJudging({ db }: Stage): Promise<boolean> {
  const jobs = await db.$queryRaw<unknown[]>`
    SELECT FROM graphile_worker.jobs WHERE task_identifier = 'watch-limits' AND attempts < max_attempts`;
  return jobs.length > 0;
}

async function countMessages({ slack: { driver } }: Stage): Promise<number> {
  const messages = await driver.messages(ADMIN, CREDITS_CHANNEL_ID);
  return messages.filter(({ text, blocks }) =>
    /New York has reached its spending limit/.test(`${text}\n${visibleText(blocks)}`),
  ).length;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + QUIET_WITHIN_MS;
  while (!(await isSo()) && performance.now() < end) await sleep(50);
}
