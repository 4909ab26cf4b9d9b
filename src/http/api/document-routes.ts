import type { Route } from '../server.ts';
import { buildDocument } from './build-document.ts';
import { toHtml } from './reference/blocks.ts';
import { composeReference } from './reference/compose-reference.ts';

/** What describes the API, for anyone: it says nothing of a company. */
export function documentRoutes(): Route[] {
  const document = once(buildDocument);
  const page = once(() => toHtml('Refill API', composeReference()));
  return [
    {
      method: 'GET',
      path: '/v1/openapi.json',
      handle: async () => ({ status: 200, json: document() }),
    },
    {
      method: 'GET',
      path: '/v1/docs',
      handle: async () => ({ status: 200, html: page() }),
    },
  ];
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
