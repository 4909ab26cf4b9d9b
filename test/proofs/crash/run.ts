import { setTimeout as sleep } from 'node:timers/promises';
import { CREDITS_CHANNEL_ID } from '../../../src/demo/cast.ts';
import { type CrashFindings, compareBooks, readCharges, readCredits, readReceiptMessages } from './books.ts';
import { BUYERS, buyWhile } from './buy.ts';
import { type Stage, setStage } from './stage.ts';

/** A kill at random comes within this time after the first purchase was claimed, while others go on. */
const KILL_WITHIN_MS = 700;
/** On a quiet machine what a kill is aimed at comes within a second; on a busy one it is waited for. */
const AIM_WITHIN_MS = 60_000;
/** When the kills of a round come: two are aimed at where the danger is, for a busy machine shifts all random ones. */
const ROUND = ['charged', 'asked', 'random'] as const;
const QUIET_WITHIN_MS = 120_000;

export interface CrashReport extends CrashFindings {
  runs: number;
  /** Kills that fell between a charge and its credit, where the danger is. */
  killsInWindow: number;
  /** False when a figure differs, or when too few kills fell into the window to prove anything. */
  clean: boolean;
}

/**
 * Kills the app with -9, at random moments and at the worst ones, under a purchase load, starts it again, lets it finish what it had
 * begun, and compares the processor's books, the ledger and the channel.
 */
export async function runCrash(options: {
  runs: number;
  sabotage?: string | undefined;
  urls: { app: string; sandbox: string };
  onRun?: (run: number, wasInWindow: boolean) => void;
}): Promise<CrashReport> {
  const stage = await setStage(options.urls, options.sabotage);
  let killsInWindow = 0;
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      const app = await stage.startApp();
      let claimed = (): void => {};
      const firstClaim = new Promise<void>((resolve) => {
        claimed = resolve;
      });
      let isAlive = true;
      const buying = BUYERS.map((user) => buyWhile(stage, user, { onClaim: claimed, isOn: () => isAlive }));
      await momentToKill(stage, ROUND[(run - 1) % ROUND.length] ?? 'random', firstClaim);
      isAlive = false;
      await app.kill();
      await Promise.all(buying);
      const wasInWindow = await isSomethingHalfDone(stage);
      if (wasInWindow) killsInWindow += 1;
      options.onRun?.(run, wasInWindow);
    }
    const app = await stage.startApp();
    await untilQuiet(stage);
    await app.stop();
    const settled = await stage.db.purchaseOrder.findMany({ where: { state: 'settled' } });
    const receipts = settled.map((order) => `R-${order.receiptNumber?.toString().padStart(6, '0')}`);
    const findings = await compareBooks(
      await readCharges(stage.stripe),
      await readCredits(stage.db),
      await readReceiptMessages(stage.slack.driver, BUYERS[0], CREDITS_CHANNEL_ID),
      receipts,
    );
    const isBroken = findings.doubled > 0 || findings.missing > 0 || findings.noticesMissing > 0;
    const isProof = killsInWindow * 10 >= options.runs;
    return { runs: options.runs, killsInWindow, ...findings, clean: !isBroken && isProof };
  } finally {
    await stage.close();
  }
}

/** Waits for the moment of a run's kill; one that never comes is given up, and the kill counts as it falls. */
async function momentToKill(
  stage: Stage,
  moment: (typeof ROUND)[number],
  firstClaim: Promise<void>,
): Promise<void> {
  const aimed = moment === 'random' ? firstClaim : stage.nextPassage(moment);
  await Promise.race([aimed, sleep(AIM_WITHIN_MS, undefined, { ref: false })]);
  if (moment === 'random') await sleep(Math.random() * KILL_WITHIN_MS);
}

/** Whether money was taken whose credit is not posted yet, or the other way round, at the moment of the kill. */
async function isSomethingHalfDone(stage: Stage): Promise<boolean> {
  const [charges, credits] = [await readCharges(stage.stripe), await readCredits(stage.db)];
  return (
    [...charges.keys()].some((order) => !credits.has(order)) ||
    [...credits.keys()].some((order) => !charges.has(order))
  );
}

async function untilQuiet(stage: Stage): Promise<void> {
  const end = Date.now() + QUIET_WITHIN_MS;
  while (Date.now() < end) {
    const open = await stage.db.purchaseOrder.count({
      where: { state: { in: ['confirmed', 'charging', 'needs_action', 'unknown'] } },
    });
    const untold = await stage.db.notice.count({ where: { state: 'pending' } });
    if (open === 0 && untold === 0) return;
    await sleep(200);
  }
}
