/** The stream of server-sent events to one open page. */

import type { ServerResponse } from 'node:http';
import { SECOND_MS } from '../../../durations.ts';
import { actor } from '../people/act.ts';
import type { StreamEvent } from '../protocol.ts';
import { readStack, toView } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { readWorld } from './read-workspace.ts';

const HEARTBEAT_MS = 15 * SECOND_MS;

/** Keeps the response open and writes what concerns this person; begins with the modals that are open and the world. */
export async function openStream(
  workspace: Workspace,
  userId: string,
  response: ServerResponse,
): Promise<void> {
  const person = await actor(workspace, userId);
  const write = (event: StreamEvent) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  const stack = await readStack(workspace.database, person.id);
  const world = await readWorld(workspace);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
  const stop = workspace.bus.listen(person.id, write);
  write({ type: 'views', stack: stack.map(toView) });
  write({ type: 'world', world });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  response.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}
