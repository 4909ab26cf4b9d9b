import { SECOND_MS } from '../../durations.ts';
import type { UsageRecord } from './send-usage.ts';

const WITHIN_MS = 30 * SECOND_MS;

/** What the app said about a call before it was made; null where it could not be asked: then it is made. */
export type Permission = { isGranted: true; seconds: number | null } | { isGranted: false } | null;

/** The app's general API as a phone system uses it. */
export interface ApiClient {
  /** Sends records; their outcomes, or the status that refused all of them (null: no answer). */
  send(records: readonly UsageRecord[]): Promise<{ outcomes: string[] } | { status: number | null }>;
  /** Asks for the credits of a record that is about to happen. */
  ask(record: UsageRecord): Promise<Permission>;
  /** Ends the hold of a record with the record; its outcome, null where it was not taken. */
  capture(record: UsageRecord): Promise<string | null>;
}

/** @param holdKey may hold, and posts what it captures */
export function createApiClient({
  appUrl,
  key,
  holdKey,
}: {
  appUrl: string;
  key: string;
  holdKey: string;
}): ApiClient {
  const post = async (path: string, bearer: string, body: unknown): Promise<Response | null> =>
    await fetch(`${appUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN_MS),
    }).catch(() => null);
  return {
    async send(records) {
      const answer = await post('/v1/usage', key, records);
      if (answer === null || !answer.ok) return { status: answer?.status ?? null };
      const { records: taken } = (await answer.json()) as { records: { outcome: string }[] };
      return { outcomes: taken.map(({ outcome }) => outcome) };
    },
    async ask(record) {
      const answer = await post('/v1/holds', holdKey, toHold(record));
      if (answer === null || !answer.ok) return null;
      const hold = (await answer.json()) as { outcome: string; granted_seconds?: number };
      return hold.outcome === 'granted'
        ? { isGranted: true, seconds: hold.granted_seconds ?? null }
        : { isGranted: false };
    },
    async capture(record) {
      const answer = await post(`/v1/holds/${encodeURIComponent(record.id)}/capture`, holdKey, {
        usage: record,
      });
      if (answer === null || !answer.ok) return null;
      return ((await answer.json()) as { usage: { outcome: string } }).usage.outcome;
    },
  };
}

function toHold({ id, kind, direction, external_number, internal_number, ...rest }: UsageRecord): object {
  const size =
    kind === 'call' ? { seconds: Math.max(1, Math.ceil(Number(rest.duration_seconds))) } : { pieces: 1 };
  return { id, kind, direction, external_number, internal_number, ...size };
}
