import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../../src/durations.ts';
import type { Stage } from '../crash/stage.ts';
import type { Chance } from '../simulate/chance.ts';
import type { Calm } from './calm.ts';
import type { Fleet } from './fleet.ts';
import type { OwnServer } from './own-server.ts';

/** The worst moment is when a charge is on its way back: a restart waits for one, and a kill a little. */
const AIM_WITHIN_MS = { restart: 10_000, kill: 1_000 };

export interface FaultOptions extends Pick<Stage, 'nextPassage'> {
  fleet: Fleet;
  server: OwnServer;
  calm: Calm;
  chance: Chance;
  seconds: number;
  /** Between two kills; 0: none. */
  killEverySeconds: number;
  /** How often the database server is restarted. */
  restarts: number;
  onFault: (what: string) => void;
}

/** Has faults happen for so many seconds: kills at their distance, restarts of the server at moments that are drawn. */
export async function playFaults(options: FaultOptions): Promise<void> {
  const { fleet, seconds, killEverySeconds, restarts, chance } = options;
  const restartsAt = Array.from({ length: restarts }, () => seconds * (0.1 + 0.8 * chance.next()));
  const kills = killEverySeconds === 0 ? 0 : Math.floor(seconds / killEverySeconds);
  const events = [
    ...Array.from({ length: kills }, (_, n) => ({ at: killEverySeconds * (n + 1), isKill: true })),
    ...restartsAt.map((at) => ({ at, isKill: false })),
    { at: seconds, isKill: null },
  ].toSorted((a, b) => a.at - b.at);
  const startedAt = performance.now();
  for (const { at, isKill } of events) {
    await sleep(Math.max(0, startedAt + at * SECOND_MS - performance.now()));
    if (isKill === true) await killOne(options);
    else if (isKill === false) await restartServer(options);
  }
  await fleet.untilAllRun();
}

async function killOne(options: FaultOptions): Promise<void> {
  const { fleet, chance, onFault } = options;
  const [first, ...others] = fleet.expendable;
  if (first === undefined) return;
  const name = chance.pick([first, ...others]);
  await aim(options, AIM_WITHIN_MS.kill);
  onFault(`${name} is killed`);
  await fleet.kill(name);
}

async function restartServer(options: FaultOptions): Promise<void> {
  const { server, calm, onFault } = options;
  await aim(options, AIM_WITHIN_MS.restart);
  onFault('the database server is restarted');
  const isOver = calm.disturb();
  await server.restart();
  isOver();
}

async function aim({ nextPassage }: FaultOptions, withinMs: number): Promise<void> {
  await Promise.race([nextPassage('charged'), sleep(withinMs)]);
}
