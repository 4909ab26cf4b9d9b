import { isObject, type Json } from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import type { FuzzAnswer, FuzzRequest } from './request.ts';

/**
 * Whether a request reached a handler: what stands in front of the endpoints let it through (the route, the method, the key and its
 * scope or the signature, the size, the encoding, the syntax of the body), and the endpoint's own code read it. That code may
 * have refused it for what it says. Of the API that is every answer but 401, 403, 405, 413, 415, 421, 429, 431, the 404 of an
 * unknown path, and the 400 of a body that is no JSON; of webhooks, 200; of pages, every answer but 401, 404 and 405. Slack is
 * answered 200 before the work is done, and for what the app has no use for: there it counts once the app has said or shown something
 * for it, in the answer or to Slack under its trigger, its window or its reply's address.
 */
export function hasReached({ surface }: FuzzRequest, answer: FuzzAnswer, hasSlackHeard: boolean): boolean {
  switch (surface) {
    case 'slack':
      return answer.status === 200 && hasSlackHeard;
    case 'vendor':
    case 'processor':
      return answer.status === 200;
    case 'pages':
      return ![401, 404, 405].includes(answer.status);
    default:
      return !isTurnedAway(answer);
  }
}

const BEFORE_ENDPOINTS = new Set([401, 403, 405, 413, 415, 421, 429, 431]);
const NOT_FOUND = '"code":"not-found"';
const NOT_JSON = /"detail":"The body is (?:not JSON|empty)/;

function isTurnedAway({ status, text }: FuzzAnswer): boolean {
  if (BEFORE_ENDPOINTS.has(status)) return true;
  return (status === 404 && text.includes(NOT_FOUND)) || (status === 400 && NOT_JSON.test(text));
}

/** Whether monitoring was told that the database did not answer in time: what a machine with other work says of itself. */
export function isStarved({ path }: FuzzRequest, { status }: FuzzAnswer): boolean {
  return status === 503 && /^\/(ready|health)(\?|$)/.test(path);
}

/** What is wrong with an answer as such; null: nothing. */
export function findFault(request: FuzzRequest, { status, text }: FuzzAnswer): string | null {
  if (status >= 500) return `was answered ${status} ${text.slice(0, 300)}`;
  if (request.surface !== 'slack' || text === '') return null;
  const said = readAnswer(text);
  const errors = said?.errors;
  if (request.blockIds === undefined || !isObject(errors)) return null;
  const unknown = Object.keys(errors).filter((id) => request.blockIds?.includes(id) !== true);
  return unknown.length === 0 ? null : `was told of fields that its form has not: ${unknown.join(', ')}`;
}

/** What Slack is answered with beyond 200. */
export function readAnswer(text: string): Json | null {
  try {
    const said: unknown = JSON.parse(text);
    return isObject(said) ? said : null;
  } catch {
    return null;
  }
}
