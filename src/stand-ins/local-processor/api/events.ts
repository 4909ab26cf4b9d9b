import { z } from 'zod';
import { type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { created, expand, page, text } from '../read-params.ts';

const listParams = z.strictObject({ ...page, created, type: text.optional() });

/** What happened, in order: the way to catch up when webhooks were missed. */
export const eventEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/events', listParams, (call) =>
    listPage(call, 'event', '/v1/events', { type: call.params.type }),
  ),
  endpoint('GET', '/v1/events/:id', z.strictObject(expand), retrieve('event')),
];
