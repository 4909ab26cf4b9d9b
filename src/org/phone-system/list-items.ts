import { z } from 'zod';
import { backoffMs } from '../../backoff.ts';
import { parseBigJson } from '../../big-json.ts';
import { SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';

export interface PhoneSystemAccess {
  /** Its origin, like https://dialpad.com. */
  url: string;
  key: string;
  /** Waits so many milliseconds; tests do not. */
  wait?: (ms: number) => Promise<void>;
}

const TIMEOUT_MS = 20 * SECOND_MS;
const TRIES = 4;
const BACKOFF = { initialMs: SECOND_MS, maxMs: 10 * SECOND_MS, jitter: 0.25 };
/** A longer Retry-After is left to the next sync. */
const MAX_WAIT_MS = 90 * SECOND_MS;
const MAX_PAGES = 5_000;

const page = z.object({ cursor: z.string().nullish(), items: z.array(z.unknown()).nullish() });

/**
 * All of one list of the phone system, page after page, each item as it came: whether it is what it should be is judged
 * item by item. Throws RefillError `phone-system-refused` (the key), `phone-system-busy` or `phone-system-unreadable`,
 * each with words for the operator.
 */
export async function listItems(
  access: PhoneSystemAccess,
  list: { path: string; query?: Record<string, string> },
): Promise<unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const url = new URL(list.path, access.url);
    const query = { ...list.query, ...(cursor === undefined ? {} : { cursor }) };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = page.safeParse(await getJson(access, url));
    if (!answer.success) throw unreadable(list.path, answer.error);
    for (const item of answer.data.items ?? []) items.push(item);
    cursor = answer.data.cursor || undefined;
    if (cursor === undefined) return items;
    if (seen.has(cursor) || seen.size >= MAX_PAGES)
      throw new RefillError('phone-system-unreadable', `The phone system’s list ${list.path} has no end.`);
    seen.add(cursor);
  }
}

/**
 * Creates something at the phone system and returns its answer. It is not repeated: an answer that got lost may stand for
 * something that was created. Throws what `listItems` throws.
 */
export async function createItem<T>(
  access: PhoneSystemAccess,
  { path, body }: { path: string; body: Record<string, unknown> },
  item: z.ZodType<T>,
): Promise<T> {
  const answer = await ask(access, new URL(path, access.url), body);
  if (!('json' in answer))
    throw new RefillError('phone-system-busy', `The phone system did not answer: ${answer.why}.`);
  const read = item.safeParse(answer.json);
  if (!read.success) throw unreadable(path, read.error);
  return read.data;
}

async function getJson(access: PhoneSystemAccess, url: URL): Promise<unknown> {
  const { wait = pause } = access;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(access, url);
    if ('json' in answer) return answer.json;
    if (attempt >= TRIES || answer.waitMs > MAX_WAIT_MS)
      throw new RefillError('phone-system-busy', `The phone system did not answer: ${answer.why}.`);
    await wait(answer.waitMs > 0 ? answer.waitMs : backoffMs(attempt - 1, BACKOFF));
  }
}

/** One request: its JSON, or why another try may do and how long its sender asks to wait. */
async function ask(
  { key }: PhoneSystemAccess,
  url: URL,
  body?: Record<string, unknown>,
): Promise<{ json: unknown } | { why: string; waitMs: number }> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      // The key never leaves for another host.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    const { name, message, cause } = error as Error;
    const why =
      name === 'TimeoutError' ? 'it took too long' : ((cause as Error | undefined)?.message ?? message);
    return { why, waitMs: 0 };
  }
  const { status } = response;
  if (status === 429 || status >= 500)
    return { why: `status ${status}`, waitMs: readRetryAfter(response.headers.get('retry-after')) };
  if (status === 401 || status === 403)
    throw new RefillError(
      'phone-system-refused',
      `The phone system does not accept the key (status ${status}). It has to be a company admin’s.`,
    );
  if (!response.ok)
    throw new RefillError(
      'phone-system-unreadable',
      `The phone system answered ${url.pathname} with ${status}.`,
    );
  try {
    return { json: parseBigJson(text) };
  } catch (error) {
    throw unreadable(url.pathname, error);
  }
}

/** Seconds, or a date; nothing said, or nothing sensible: 0. */
function readRetryAfter(header: string | null): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function unreadable(path: string, cause: unknown): RefillError {
  return new RefillError(
    'phone-system-unreadable',
    `What the phone system answered to ${path} could not be read.`,
    {},
    { cause },
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
