/** The small panel that plays the world outside the workspace. */
import { RefillError } from '../../../errors.ts';
import type { ActResult, WorldAct } from '../protocol.ts';
import type { Workspace } from '../workspace.ts';
import { readWorld } from './read-workspace.ts';

/** Moves the world on; the line between the app and Slack is the workspace's own to cut. */
export async function playWorld(workspace: Workspace, act: WorldAct): Promise<ActResult> {
  try {
    if (act.type === 'network') workspace.faults.setAllDown(act.slackDown);
    await workspace.world.act(act);
  } catch (error) {
    if (!(error instanceof RefillError)) throw error;
    return { ok: false, toast: error.message };
  }
  await announceWorld(workspace);
  return { ok: true };
}

/** Tells every open page how the world is now. */
export async function announceWorld(workspace: Workspace): Promise<void> {
  workspace.bus.tell({ type: 'world', world: await readWorld(workspace) }, 'everybody');
}
