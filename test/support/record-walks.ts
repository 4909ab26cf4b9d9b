import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { subcommands } from '../../src/slack/commands/credits-command.ts';
import type { TryOut } from './try-out.ts';

type Delivery = Awaited<ReturnType<TryOut['sandbox']['workspace']['driver']['deliveries']>>[number];

/**
 * Appends what this test file sent to the app to the file that `RECORD_WALKS` names, a line each: its name in the access
 * matrix, a tab, and the test file. Does nothing without `RECORD_WALKS`. Read by `test/house/record-walks.mjs`.
 */
export async function recordWalks({ sandbox }: Pick<TryOut, 'sandbox'>): Promise<void> {
  const target = process.env.RECORD_WALKS;
  const { testPath } = expect.getState();
  if (target === undefined || testPath === undefined) return;
  const file = path.relative(process.cwd(), testPath);
  const deliveries = await sandbox.workspace.driver.deliveries();
  const names = new Set(
    deliveries.filter(({ outcome }) => outcome === 'acknowledged').flatMap((each) => namesOf(each)),
  );
  await appendFile(target, [...names].map((name) => `${name}\t${file}\n`).join(''));
}

interface Interaction {
  type?: string;
  text?: string;
  action_id?: string;
  actions?: { action_id: string }[];
  view?: { callback_id?: string; type?: string } | null;
  event?: { type: string };
}

/** What was sent, named as `nameOf` in `test/proofs/access/matrix.ts` names it. */
function namesOf({ kind, body }: Delivery): string[] {
  const sent = body as Interaction;
  if (kind === 'event') return [`event ${sent.event?.type}`];
  if (kind === 'command') {
    const [word = ''] = (sent.text ?? '').trim().toLowerCase().split(/\s+/);
    const known = subcommands[word === '' ? 'balance' : word];
    return known === undefined ? [] : [`command ${known.word}`];
  }
  const modal = sent.view?.type === 'modal' ? sent.view : undefined;
  if (sent.type === 'view_submission') return [`submit ${modal?.callback_id}`];
  if (sent.type === 'block_suggestion') return [`list ${modal?.callback_id ?? ''}/${sent.action_id}`];
  const way = modal === undefined ? 'click' : 'view';
  return (sent.actions ?? []).map(({ action_id: id }) => `${way} ${id}`);
}
