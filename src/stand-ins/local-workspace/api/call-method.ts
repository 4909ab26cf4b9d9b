/** One call of the Web API: faults on demand, token, scope, the method, and the answer's form. */
import type { IncomingMessage } from 'node:http';
import type { Json } from '../blocks/index.ts';
import type { ApiFault } from '../faults.ts';
import { SlackError } from '../slack-error.ts';
import type { Workspace } from '../workspace.ts';
import { ApiStop } from './api-stop.ts';
import type { Method } from './method.ts';
import { readArguments } from './read-request.ts';

/** Which token this is. @throws SlackError `not_authed`, `invalid_auth` */
function tokenKind(workspace: Workspace, request: IncomingMessage, args: Json): 'bot' | 'app' {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? (typeof args.token === 'string' && args.token !== '' ? args.token : undefined);
  if (token === undefined) throw new SlackError('not_authed');
  if (token === workspace.tokens.bot) return 'bot';
  if (token === workspace.tokens.app) return 'app';
  throw new SlackError('invalid_auth');
}

/** @throws SlackError `not_allowed_token_type`, `missing_scope` with what is needed and what is provided */
function refuseWithoutScope(workspace: Workspace, method: Method, token: 'bot' | 'app'): void {
  if (method.token !== 'any' && method.token !== token) throw new SlackError('not_allowed_token_type');
  if (method.scopes.length === 0 || method.scopes.some((scope) => workspace.scopes.has(scope))) return;
  const provided = [...workspace.scopes].join(',');
  throw new SlackError('missing_scope', { needed: method.scopes.join(','), provided });
}

/** What a fault does instead of, or before, what was asked. @throws ApiStop, SlackError */
export async function strikeBefore(fault: ApiFault | undefined): Promise<void> {
  if (fault === undefined) return;
  if (fault.kind === 'slow') await fault.until;
  if (fault.kind === 'rate-limit') throw ApiStop.rateLimited(fault.retryAfterSeconds);
  if (fault.kind === 'error') throw new SlackError(fault.error);
  if (fault.kind === 'unavailable' && fault.when === 'before') throw ApiStop.unavailable();
  if (fault.kind === 'drop' && fault.when === 'before') throw ApiStop.cut();
}

/** What a fault does once what was asked has happened. @throws ApiStop */
export function strikeAfter(fault: ApiFault | undefined): void {
  if (fault?.kind === 'unavailable' && fault.when === 'after') throw ApiStop.unavailable();
  if (fault?.kind === 'drop' && fault.when === 'after') throw ApiStop.cut();
}

/** Adds warnings as Slack does: the first by itself, all of them in the metadata. */
function withWarnings(answer: Json, warnings: readonly string[]): Json {
  if (warnings.length === 0) return answer;
  const metadata = typeof answer.response_metadata === 'object' ? answer.response_metadata : {};
  return { ...answer, warning: warnings.join(','), response_metadata: { ...metadata, warnings } };
}

/**
 * Answers a call with Slack's JSON.
 * @throws ApiStop where Slack would answer with another status than 200, or not at all
 */
export async function callMethod(
  workspace: Workspace,
  methods: ReadonlyMap<string, Method>,
  name: string,
  request: IncomingMessage,
): Promise<Json> {
  if (workspace.faults.cuts(name)) throw ApiStop.cut();
  const fault = workspace.faults.takeApi(name);
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  let warnings: string[] = [];
  let answer: Json;
  try {
    const read = await readArguments(request, query);
    warnings = read.warnings;
    await strikeBefore(fault);
    const method = methods.get(name);
    if (method === undefined) throw new SlackError('unknown_method', { req_method: name });
    const token = tokenKind(workspace, request, read.args);
    refuseWithoutScope(workspace, method, token);
    answer = { ok: true, ...(await method.run({ workspace, args: read.args, token })) };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    answer = { ok: false, error: error.code, ...error.extra };
  }
  strikeAfter(fault);
  if (workspace.faults.allDown) throw ApiStop.cut();
  return withWarnings(answer, warnings);
}
