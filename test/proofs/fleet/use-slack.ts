import { setTimeout as sleep } from 'node:timers/promises';
import { CREDITS_CHANNEL_ID } from '../../../src/demo/cast.ts';
import { SECOND_MS } from '../../../src/durations.ts';
import type { Stage } from '../crash/stage.ts';

const OPENS_WITHIN_MS = 10_000;
const PAUSE_MS = 200;
const EXPORTS_PAUSE_MS = 20 * SECOND_MS;
const EXPORTER = 'marco';
/** A company admin: opens the setting of the first office, San Francisco. */
const RECHARGER = 'sam';

/** Exports the month's usage now and then, for as long as it is on. */
export async function exportWhile(stage: Stage, isOn: () => boolean): Promise<void> {
  const { driver } = stage.slack;
  while (isOn()) {
    await openForm(stage, EXPORTER, { command: '/credits export', submit: 'Export' })
      .then(() => driver.submit(EXPORTER))
      // The app was away: the next one comes.
      .catch(() => undefined);
    const until = performance.now() + EXPORTS_PAUSE_MS;
    while (isOn() && performance.now() < until) await sleep(PAUSE_MS);
  }
}

/** Turns auto-recharge on, of an office that is below its threshold: tries again for as long as it is on and nothing was charged. */
export async function rechargeOnce(stage: Stage, isOn: () => boolean): Promise<void> {
  const { driver } = stage.slack;
  const isCharged = () => stage.db.purchaseOrder.count({ where: { rechargeWalletId: { not: null } } });
  while (isOn()) {
    try {
      if ((await isCharged()) > 0) return;
      await openForm(stage, RECHARGER, { command: '/credits auto-recharge', submit: 'Save' });
      await driver.submit(RECHARGER, { is_on: 'on', threshold: '300', amount: '500', cap: '5000' });
      await driver.eventually(
        async () => (await driver.views(RECHARGER)).at(-1)?.title === 'Review auto-recharge',
        OPENS_WITHIN_MS,
      );
      await driver.submit(RECHARGER);
    } catch {
      // The app or its database was away.
    }
    await sleep(PAUSE_MS);
  }
}

async function openForm(
  { slack: { driver } }: Stage,
  user: string,
  of: { command: string; submit: string },
): Promise<void> {
  await driver.close(user, { all: true }).catch(() => undefined);
  await driver.command(user, CREDITS_CHANNEL_ID, of.command);
  await driver.eventually(
    async () => (await driver.views(user)).at(-1)?.submit === of.submit,
    OPENS_WITHIN_MS,
  );
}
