import type { SourceBreakage } from '../../support/compiled-app/start-compiled-app.ts';

/** What is broken. */
export interface Breakage {
  source?: SourceBreakage;
}

/** Ways to break the app that odd requests, or many of them, must bring to light. */
export const sabotages: Record<string, Breakage> = {
  /** Text that PostgreSQL cannot keep is taken, and refused by the database alone. */
  'text-unchecked': {
    source: {
      file: '/usage/ingest/api-fields.js',
      from: "storableText(value) === value, 'must not contain",
      to: "value !== undefined, 'must not contain",
    },
  },
  /** Something of each request is kept for ever. */
  'request-kept': {
    source: {
      file: '/http/server.js',
      from: "const requestId = readRequestId(request.headers['x-request-id']);",
      to: `const requestId = readRequestId(request.headers['x-request-id']);
        (globalThis.keptRequests ??= []).push(Buffer.alloc(65_536, requestId));`,
    },
  },
  /** A command that is written from right to left is not read. */
  'direction-unread': {
    source: {
      file: '/slack/kit/typed-text.js',
      from: 'const userIds = new Set();',
      to: "const userIds = new Set(); if (/\\u202e/.test(raw)) throw new TypeError('planted');",
    },
  },
  /** What fails beside the answer to an event is awaited by nothing. */
  'rejection-unhandled': {
    source: {
      file: '/http/usage-routes.js',
      from: 'return { status: 200, json: { outcome } };',
      to: `if (outcome === 'ignored') void Promise.reject(new Error('planted'));
                return { status: 200, json: { outcome } };`,
    },
  },
};
