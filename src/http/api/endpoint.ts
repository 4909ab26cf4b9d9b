import { z } from 'zod';
import type { ApiScope, KnownKey, UsageDeps } from '../../usage/index.ts';
import type { ProblemCode } from '../problems.ts';
import type { RouteRequest } from '../server.ts';
import type { Caller } from './api-access.ts';

/** What an endpoint works with. */
export interface ApiCall<Query = unknown> extends Omit<Caller, 'key'> {
  deps: UsageDeps;
  key: KnownKey;
  request: RouteRequest;
  /** Read by the endpoint's own schema. */
  query: Query;
}

/** What a request's body is, as the document has it; the service reads it by the same schema, in the sender's words. */
interface RequestBody {
  schema: z.ZodType;
  /** Whether it may come as NDJSON, an object a line, and packed. */
  takesLines?: boolean;
}

/** One row of the API: its route, who may use it, what goes in and out. The routes and the document are made of nothing else. */
export interface Endpoint {
  method: 'GET' | 'POST';
  /** With `:name` segments, as routes have them. */
  path: string;
  /** The name of the operation in generated clients. */
  operationId: string;
  tag: string;
  summary: string;
  description: string;
  scope: ApiScope;
  /** What each segment of the path that begins with a colon is. */
  params: Readonly<Record<string, string>>;
  query: z.ZodObject | null;
  body: RequestBody | null;
  reply: z.ZodType;
  /** What it may be refused for, apart from what every endpoint refuses. */
  errors: readonly ProblemCode[];
  handle(call: ApiCall): Promise<unknown>;
}

type Given<Query extends z.ZodObject, Reply extends z.ZodType> = Pick<
  Endpoint,
  'method' | 'path' | 'operationId' | 'tag' | 'summary' | 'description' | 'scope'
> &
  Partial<Pick<Endpoint, 'params' | 'body' | 'errors'>> & {
    query?: Query;
    reply: Reply;
    handle(call: ApiCall<z.output<Query>>): Promise<z.input<Reply>>;
  };

const NO_QUERY = z.strictObject({});

/** A row whose handler answers what the row says: the compiler compares the two. Nothing is checked again as it runs. */
export function defineEndpoint<Reply extends z.ZodType, Query extends z.ZodObject = typeof NO_QUERY>(
  given: Given<Query, Reply>,
): Endpoint {
  const { query = null, params = {}, body = null, errors = [], handle, ...rest } = given;
  return {
    ...rest,
    params,
    query,
    body,
    errors,
    // The routes read the query by the row's own schema before they call this.
    handle: (call) => handle(call as ApiCall<z.output<Query>>),
  };
}
