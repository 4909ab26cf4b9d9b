import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { Logger } from '../log.ts';
import { hasListener } from './read-delivery.ts';

/**
 * Answers what no listener takes: a button of an earlier version, a command of another manifest, a closed modal. Left
 * alone, Slack shows the person an error after three seconds and sends it again.
 */
export function ackUnhandled(log: Logger): Middleware<AnyMiddlewareArgs> {
  return async (args) => {
    if (hasListener(args.body)) return await args.next();
    log.debug({ type: readType(args.body) }, 'a delivery without a listener was acknowledged');
    const { ack } = args as { ack?: () => Promise<void> };
    await ack?.();
  };
}

function readType(body: object): string {
  const type: unknown = Reflect.get(body, 'type') ?? Reflect.get(body, 'command');
  return typeof type === 'string' ? type : 'unknown';
}
