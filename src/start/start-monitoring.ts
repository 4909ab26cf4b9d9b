import { hasCode } from '../errors.ts';
import { type Route, startHttp } from '../http/index.ts';
import type { Logger } from '../log.ts';

/** Where a process answers monitoring: health, readiness and metrics, of workers too. */
export interface MonitoringAddress {
  host: string;
  port: number;
  /** True when it was given: then no other port will do. */
  isChosen: boolean;
}

/** Several processes of one machine find a port each from the default one on. */
const NEIGHBOURS = 20;

/** Throws RefillError `port-taken` when the port was given and somebody listens there. */
export async function startMonitoring(
  { host, port, isChosen }: MonitoringAddress,
  { log, routes }: { log: Logger; routes: readonly Route[] },
): Promise<{ port: number; stop(): Promise<void> }> {
  for (let next = port; ; next += 1) {
    try {
      const http = await startHttp({ host, port: next, portSetting: 'REFILL_MONITORING', log, routes });
      return { port: http.port, stop: http.close };
    } catch (error) {
      if (isChosen || !hasCode(error, 'port-taken') || next >= port + NEIGHBOURS) throw error;
    }
  }
}
