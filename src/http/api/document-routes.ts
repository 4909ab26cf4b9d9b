import type { Route } from '../server.ts';
import { buildDocument } from './build-document.ts';

/** What describes the API, for anyone: it says nothing of a company. */
export function documentRoutes(): Route[] {
  const document = once(buildDocument);
  return [
    {
      method: 'GET',
      path: '/v1/openapi.json',
      handle: async () => ({ status: 200, json: document() }),
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
