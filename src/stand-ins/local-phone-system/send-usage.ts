import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import type { EventReceiver } from './event-receiver.ts';

/** One record of usage, as the general API takes it. */
export type UsageRecord = Record<string, unknown> & { id: string };

/** Something that people of the company do by phone. */
export interface UsageAct {
  id: string;
  label: string;
  make(now: Date): UsageRecord[];
}

/** The company's phone system: it sends what was used to the app, and stops what has no credits. */
export interface PhoneSystem {
  choices: readonly { id: string; label: string }[];
  /** Makes and sends what the act uses; returns what came of it, in words. Throws a RangeError for an unknown id. */
  act(id: string): Promise<string>;
}

const AGAIN = 'again';
/** Of more at once only those of an office that is paused are asked about: the others are a report of the last hour. */
const MAX_ASKED = 50;
const SECONDS_A_MINUTE = MINUTE_MS / SECOND_MS;

interface Made {
  /** With a hold, which ends with the record. */
  held: UsageRecord[];
  plain: UsageRecord[];
  /** The offices whose calls were not made, once each. */
  refusedAt: string[];
  cutTo: number[];
}

/**
 * A phone system that asks the app for credits before each call or text, makes it as long as is granted, and sends what was used.
 * Where the app does not answer, calls go through. What was sent last can be sent again.
 */
export function createPhoneSystem(options: {
  appUrl: string;
  key: string;
  holdKey: string;
  acts: readonly UsageAct[];
  /** The office of a line of the company's. */
  officeOf: (line: string) => string;
  events: EventReceiver;
  now: () => Date;
}): PhoneSystem {
  const { acts } = options;
  const api = createApiClient(options);
  let last: Pick<Made, 'held' | 'plain'> = { held: [], plain: [] };
  return {
    choices: [...acts, { id: AGAIN, label: 'Send the last records again (duplicates)' }].map(
      ({ id, label }) => ({ id, label }),
    ),
    async act(id) {
      if (id === AGAIN)
        return last.held.length + last.plain.length === 0
          ? 'Nothing was sent yet.'
          : await send(api, { ...last, refusedAt: [], cutTo: [] });
      const chosen = acts.find((each) => each.id === id);
      if (chosen === undefined) throw new RangeError(`no such act: ${id}`);
      const made = await make(api, chosen.make(options.now()), options);
      last = made;
      return await send(api, made);
    },
  };
}

/** Asks before each of these, one after the other as they are made. */
async function make(
  api: ApiClient,
  records: readonly UsageRecord[],
  { officeOf, events }: { officeOf: (line: string) => string; events: EventReceiver },
): Promise<Made> {
  const made: Made = { held: [], plain: [], refusedAt: [], cutTo: [] };
  for (const record of records) {
    const office = officeOf(String(record.internal_number ?? ''));
    const isAsked = records.length <= MAX_ASKED || events.isPaused(office);
    const permission = isAsked ? await api.ask(record) : null;
    if (permission === null) made.plain.push(record);
    else if (permission.isGranted) made.held.push(cut(record, permission.seconds, made));
    else made.refusedAt.push(office);
  }
  return made;
}

/** A call ends when what was granted is over. */
function cut(record: UsageRecord, seconds: number | null, made: Made): UsageRecord {
  if (record.kind !== 'call' || seconds === null || seconds >= Number(record.duration_seconds)) return record;
  made.cutTo.push(seconds);
  return { ...record, duration_seconds: seconds };
}

async function send(api: ApiClient, { held, plain, refusedAt, cutTo }: Made): Promise<string> {
  const outcomes: string[] = [];
  const unheld = [...plain];
  for (const record of held) {
    const outcome = await api.capture(record);
    // What could not be captured is reported all the same; its hold ends by itself.
    if (outcome === null) unheld.push(record);
    else outcomes.push(outcome);
  }
  if (unheld.length > 0) {
    const sent = await api.send(unheld);
    if ('status' in sent)
      return sent.status === null
        ? 'The app didn’t answer. Nothing is lost: send it again.'
        : `The app answered ${sent.status}. Nothing is lost: send it again.`;
    outcomes.push(...sent.outcomes);
  }
  return describe(outcomes, refusedAt, cutTo);
}

function describe(
  outcomes: readonly string[],
  refusedAt: readonly string[],
  cutTo: readonly number[],
): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${spell(count)} ${WORDS[outcome] ?? outcome}`);
  for (const seconds of cutTo)
    parts.push(`cut short after ${Math.floor(seconds / SECONDS_A_MINUTE)} minutes, as credits ran out`);
  if (refusedAt.length > 0)
    parts.push(`${spell(refusedAt.length)} not made: no credits at ${[...new Set(refusedAt)].join(', ')}`);
  return parts.join(', ');
}

const spell = (count: number): string => count.toLocaleString('en-US');

const WORDS: Record<string, string> = {
  posted: 'received',
  duplicate: 'already received, nothing charged twice',
  unrated: 'waiting for a rate',
};
