/** A sender of events in a process of its own, as the phone system is: what it costs to send is not the server's. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const IN_FLIGHT = 64;

/** What is to be sent, each body once. */
export interface Sending {
  port: number;
  path: string;
  bodies: readonly string[];
}

/** How it went; `refused` is the first answer that was no success. */
export interface Sent {
  rate: number;
  p99Ms: number;
  refused?: string;
}

/** Starts it for a port of this machine. */
export function startSender(port: number) {
  const child: ChildProcess = fork(fileURLToPath(new URL('sender-process.ts', import.meta.url)));
  return {
    /** Sends with `IN_FLIGHT` at a time; resolves with events a second, and throws for anything but success. */
    send: async (path: string, bodies: readonly string[]): Promise<Sent> => {
      child.send({ port, path, bodies } satisfies Sending);
      const [sent] = (await once(child, 'message')) as [Sent];
      if (sent.refused !== undefined) throw new Error(sent.refused);
      return sent;
    },
    stop: () => child.kill(),
  };
}
