import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Account } from './people.ts';

/** How long an answer may take, on a machine with other work. */
const ANSWER_WITHIN_MS = 15_000;
/** What stands in a window while its content is being read. */
const LOADING = 'One moment…';

/** Slack's end of the wire for many workspaces: says who people are, opens windows, and keeps what each request was answered. */
export interface SlackDesk {
  apiUrl: string;
  /** Where the reply to a request goes that has this key. */
  replyUrl(key: string): string;
  /** What the request with this key was answered, once something was; null: nothing, for as long as one waits. */
  heard(key: string): Promise<string | null>;
  /** All that a request was answered so far. */
  answers(key: string): readonly string[];
  forget(): void;
  close(): Promise<void>;
}

/** `teamOf`: whose token it is. The key of a request is its trigger, the id of its window, or stands in its reply's address. */
export async function openSlackDesk(options: {
  teamOf(token: string): string | undefined;
  accountOf(teamId: string, userId: string): Account;
}): Promise<SlackDesk> {
  const said = new Map<string, string[]>();
  /** Of several requests under one key (a Home tab that is opened twice) each waits for itself. */
  const waiting = new Map<string, ((answer: string) => void)[]>();

  let origin = '';
  const take = (key: string, answer: string): void => {
    said.set(key, [...(said.get(key) ?? []), answer]);
    if (answer.includes(LOADING)) return;
    for (const hear of waiting.get(key) ?? []) hear(answer);
    waiting.delete(key);
  };
  const call = (method: string, token: string, body: URLSearchParams): object => {
    const teamId = options.teamOf(token);
    const drawn = body.get('view') ?? `${body.get('text') ?? ''} ${body.get('blocks') ?? ''}`;
    const key = keyOf(method, body, teamId);
    if (key !== null) take(key, drawn);
    if (teamId === undefined) return { ok: false, error: 'not_authed' };
    if (method === 'files.getUploadURLExternal')
      return { ok: true, upload_url: `${origin}/upload`, file_id: 'F1' };
    if (method === 'users.info') return describeUser(teamId, body.get('user') ?? '', options.accountOf);
    return { ok: true, view: { id: key }, ts: '1.1', channel: body.get('channel') };
  };

  const server = createServer(async (request, response) => {
    const [, folder, name = ''] = (request.url ?? '').split('/');
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    if (folder === 'reply') {
      take(name, body);
      response.end('ok');
    } else if (folder === 'upload') response.end('ok');
    else response.end(JSON.stringify(call(name, tokenOf(request), new URLSearchParams(body))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${origin}/api/`,
    replyUrl: (key) => `${origin}/reply/${key}`,
    answers: (key) => said.get(key) ?? [],
    heard(key) {
      const before = said.get(key)?.find((answer) => !answer.includes(LOADING));
      if (before !== undefined) return Promise.resolve(before);
      return new Promise((resolve) => {
        const late = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
        const hear = (answer: string): void => {
          clearTimeout(late);
          resolve(answer);
        };
        waiting.set(key, [...(waiting.get(key) ?? []), hear]);
      });
    },
    forget() {
      said.clear();
      waiting.clear();
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function tokenOf({ headers }: IncomingMessage): string {
  return (headers.authorization ?? '').replace('Bearer ', '');
}

/** Which Home it is: people of two workspaces may have the same id. */
export const homeKey = (teamId: string | undefined, userId: string | null): string =>
  `home-${teamId}-${userId}`;

/** The request that a call of the app's answers; null for one that answers none. */
function keyOf(method: string, body: URLSearchParams, teamId: string | undefined): string | null {
  switch (method) {
    case 'views.open':
    case 'views.push':
      return body.get('trigger_id');
    case 'views.update':
      return body.get('view_id');
    case 'views.publish':
      return homeKey(teamId, body.get('user_id'));
    default:
      return null;
  }
}

function describeUser(
  teamId: string,
  userId: string,
  accountOf: (teamId: string, userId: string) => Account,
): object {
  const account = accountOf(teamId, userId);
  if (account === 'unknown') return { ok: false, error: 'user_not_found' };
  return {
    ok: true,
    user: {
      id: userId,
      team_id: account === 'external' ? 'TELSEWHERE' : teamId,
      deleted: account === 'deactivated',
      is_restricted: account === 'guest',
    },
  };
}
