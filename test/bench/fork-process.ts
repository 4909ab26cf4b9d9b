/** Parts of a bench that run in processes of their own, so that what they cost is not counted to what is measured. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a process can be asked, by name. */
export type Handlers = Readonly<Record<string, (given: never) => Promise<unknown>>>;

interface Question {
  id: number;
  name: string;
  given: unknown;
}

interface Answer {
  id: number;
  answer?: unknown;
  error?: string;
}

export interface ForkedProcess<H extends Handlers> {
  /** Throws what the handler threw, or when the process ended. */
  ask<N extends keyof H & string>(name: N, ...given: Parameters<H[N]>): Promise<Awaited<ReturnType<H[N]>>>;
  stop(): Promise<void>;
}

/** Starts a file that calls `answerParent`, with Node's options of this process and those given. */
export function forkProcess<H extends Handlers>(
  file: URL,
  { nodeOptions = [] }: { nodeOptions?: readonly string[] } = {},
): ForkedProcess<H> {
  const child: ChildProcess = fork(fileURLToPath(file), [], {
    execArgv: [...process.execArgv, ...nodeOptions],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let next = 0;
  child.on('message', ({ id, answer, error }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(answer as never);
    else asked?.reject(new Error(error));
  });
  child.once('exit', (status) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file.pathname} ended with ${status}`));
  });
  return {
    ask: (name, ...[given]) => {
      next += 1;
      const question: Question = { id: next, name, given };
      return new Promise((resolve, reject) => {
        waiting.set(question.id, { resolve, reject });
        child.send(question);
      });
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** Answers the process that forked this one, until it ends this one or ends itself. */
export function answerParent(handlers: Handlers): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ id, name, given }: Question) => {
    const send = (answer: Omit<Answer, 'id'>): void => void process.send?.({ id, ...answer });
    const handle = handlers[name] as (given: unknown) => Promise<unknown>;
    handle(given).then(
      (answer) => send({ answer }),
      (error: Error) => send({ error: error.message }),
    );
  });
}
