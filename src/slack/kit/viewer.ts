import type { Person } from '../../org/index.ts';
import type { SlackContext } from './context.ts';

/** What rendering needs of whoever sees it, besides the facts: their time zone and the time. */
export interface ViewerContext {
  timeZone: string;
  now: Date;
}

export function viewerOf(ctx: Pick<SlackContext, 'clock'>, person: Person): ViewerContext {
  return { timeZone: person.company.timeZone, now: ctx.clock.now() };
}
