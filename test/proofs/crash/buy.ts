import { setTimeout as sleep } from 'node:timers/promises';
import { CREDITS_CHANNEL_ID } from '../../../src/demo/cast.ts';
import type { Stage } from './stage.ts';

const OPENS_WITHIN_MS = 2_500;

/** Who buys. */
export const BUYERS = ['ana', 'li'] as const;

export interface Buying {
  /** Runs when a purchase was confirmed. */
  onClaim: () => void;
  isOn: () => boolean;
  /** Between two purchases. */
  pauseMs?: number;
}

/** Buys in Slack, one purchase after the other, clicking confirm twice, for as long as it is on; what fails is tried anew. */
export async function buyWhile(
  { slack: { driver } }: Pick<Stage, 'slack'>,
  user: string,
  { onClaim, isOn, pauseMs = 0 }: Buying,
): Promise<void> {
  const acked = async (act: Promise<{ ok: boolean }>): Promise<boolean> =>
    (await act.catch(() => ({ ok: false }))).ok;
  const submitOf = async (): Promise<unknown> => (await driver.views(user)).at(-1)?.submit;
  for (; isOn(); await sleep(pauseMs)) {
    await driver.close(user, { all: true }).catch(() => undefined);
    if (!(await acked(driver.command(user, CREDITS_CHANNEL_ID, '/credits add 20')))) continue;
    const submit = await driver.eventually(submitOf, OPENS_WITHIN_MS).catch(() => null);
    if (submit === 'Review' && !(await acked(driver.submit(user)))) continue;
    if (submit === null || !isOn()) continue;
    await Promise.all([acked(driver.submit(user)), acked(driver.submit(user))]);
    onClaim();
  }
}
