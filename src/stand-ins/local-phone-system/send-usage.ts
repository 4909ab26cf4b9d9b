import { SECOND_MS } from '../../durations.ts';

/** One record of usage, as the general API takes it. */
export type UsageRecord = Record<string, unknown> & { id: string };

/** Something that people of the company do by phone. */
export interface UsageAct {
  id: string;
  label: string;
  make(now: Date): UsageRecord[];
}

/** The company's phone system: it sends what was used to the app, as any phone system would. */
export interface PhoneSystem {
  choices: readonly { id: string; label: string }[];
  /** Sends what the act uses; returns what the app answered, in words. Throws a RangeError for an unknown id. */
  act(id: string): Promise<string>;
}

const AGAIN = 'again';
const WITHIN_MS = 30 * SECOND_MS;

/** A phone system that sends to `url` with a key of the general API. What was sent last can be sent again. */
export function createPhoneSystem(options: {
  url: string;
  key: string;
  acts: readonly UsageAct[];
  now: () => Date;
}): PhoneSystem {
  const { acts } = options;
  let last: readonly UsageRecord[] = [];

  const send = async (records: readonly UsageRecord[]): Promise<string> => {
    const answer = await fetch(options.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(records),
      signal: AbortSignal.timeout(WITHIN_MS),
    }).catch(() => null);
    if (answer === null) return 'The app didn’t answer. Nothing is lost: send it again.';
    if (!answer.ok) return `The app answered ${answer.status}. Nothing is lost: send it again.`;
    const { records: taken } = (await answer.json()) as { records: { outcome: string }[] };
    const counts = new Map<string, number>();
    for (const { outcome } of taken) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return [...counts]
      .map(([outcome, count]) => `${count.toLocaleString('en-US')} ${WORDS[outcome] ?? outcome}`)
      .join(', ');
  };

  return {
    choices: [...acts, { id: AGAIN, label: 'Send the last records again (duplicates)' }].map(
      ({ id, label }) => ({
        id,
        label,
      }),
    ),
    async act(id) {
      if (id === AGAIN) return last.length === 0 ? 'Nothing was sent yet.' : await send(last);
      const chosen = acts.find((each) => each.id === id);
      if (chosen === undefined) throw new RangeError(`no such act: ${id}`);
      last = chosen.make(options.now());
      return await send(last);
    },
  };
}

const WORDS: Record<string, string> = {
  posted: 'received',
  duplicate: 'already received, nothing charged twice',
  unrated: 'waiting for a rate',
};
