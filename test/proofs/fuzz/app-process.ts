import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  buildApp,
  type CompiledApp,
  startCompiledApp,
} from '../../support/compiled-app/start-compiled-app.ts';
import type { Breakage } from './sabotages.ts';

const ENDS_WITHIN_MS = 1_000;

/** What the process holds: `liveBytes` is what the collector of garbage leaves, in its heap and in buffers beside it. */
export interface Memory {
  liveBytes: number;
  residentBytes: number;
}

export interface FuzzedApp extends Pick<CompiledApp, 'readErrors' | 'hasEnded' | 'stop'> {
  readMemory(): Promise<Memory>;
  /** Whether it has ended by itself, where a moment ago a request was not answered. */
  isEnding(): Promise<boolean>;
}

export async function startFuzzedApp(of: {
  env: Readonly<Record<string, string>>;
  logFile: string;
  breakage: Breakage['source'];
}): Promise<FuzzedApp> {
  await buildApp();
  const app = await startCompiledApp({ ...of, nodeOptions: ['--expose-gc'] });
  return {
    ...app,
    async isEnding() {
      await Promise.race([app.ended, sleep(ENDS_WITHIN_MS)]);
      return app.hasEnded();
    },
    async readMemory() {
      const answered = once(app.child, 'message') as Promise<[NodeJS.MemoryUsage]>;
      app.child.send('memory');
      const [{ heapUsed, external, rss }] = await answered;
      return { liveBytes: heapUsed + external, residentBytes: rss };
    },
  };
}
