import { z } from 'zod';
import { groupBy } from '../../group-by.ts';
import { API_PROBLEMS, type ProblemCode, typeOfProblem } from '../problems.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { isList } from './read-query.ts';

type Json = Record<string, unknown>;

/** What every endpoint may answer. */
export const COMMON = [
  'unauthorised',
  'company-closed',
  'scope-missing',
  'too-many-requests',
  'internal',
  'unavailable',
] as const;

const PROBLEM_TYPE = 'application/problem+json';
const COMPONENTS = '#/components';

const problem = z
  .object({
    type: z.string().meta({ description: 'Where this problem is described, relative to the address asked.' }),
    title: z.string().meta({ description: 'The same for every problem of this code.' }),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What went wrong this time, for a person to read.' }),
    code: z.string().meta({ description: 'Never changes its meaning: decide by this one.' }),
    error: z.string().meta({ deprecated: true, description: 'The same as `code`, for clients of before.' }),
    message: z
      .string()
      .meta({ deprecated: true, description: 'The same as `detail`, for clients of before.' }),
  })
  .meta({
    id: 'Problem',
    description: 'What a request was refused for, as RFC 9457 has it.',
    examples: [
      {
        type: typeOfProblem('hold-unknown'),
        title: API_PROBLEMS['hold-unknown'].title,
        status: 404,
        detail: 'No hold of this id was granted.',
        code: 'hold-unknown',
        error: 'hold-unknown',
        message: 'No hold of this id was granted.',
      },
    ],
  });

const RATE_HEADERS = {
  RateLimit: { $ref: `${COMPONENTS}/headers/RateLimit` },
  'RateLimit-Policy': { $ref: `${COMPONENTS}/headers/RateLimitPolicy` },
};

const HEADERS = {
  RateLimit: {
    description:
      'How many requests the key has left at once (`r`), and in how many seconds it has all again (`t`).',
    required: true,
    schema: { type: 'string', examples: ['"key";r=399;t=1'] },
  },
  RateLimitPolicy: {
    description: 'How many requests (`q`) a key may send in so many seconds (`w`).',
    required: true,
    schema: { type: 'string', examples: ['"key";q=400;w=2'] },
  },
  RetryAfter: {
    description: 'Seconds until it is worth trying again.',
    schema: { type: 'integer' },
    required: true,
  },
};

/** The API as an OpenAPI 3.1 document, made from the table of its endpoints. `server` is where it is reached. */
export function buildDocument(endpoints: readonly Endpoint[] = ENDPOINTS): Json {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Json> = {};
  toSchema(problem, 'output', schemas);
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeOperation(endpoint, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Refill API',
      version: '1',
      summary: 'Usage in, credits and costs out.',
      description:
        'A key belongs to one company and sees nothing of any other. Amounts are dollars as decimal text, times are ISO 8601 with `Z`. Every write is keyed by an `id` of yours: the same again has the same effect once, so no `Idempotency-Key` is needed or read. Answers may gain fields; ignore those that you do not know.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/', description: 'Where this document was read.' }],
    security: [{ key: [] }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key like `rk_…`, from your provider.' },
      },
      headers: HEADERS,
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function describeOperation(endpoint: Endpoint, schemas: Record<string, unknown>): Json {
  const { operationId, tag, summary, description, scope, body, reply } = endpoint;
  return {
    operationId,
    tags: [tag],
    summary,
    description: `${description}\n\nScope: \`${scope}\`.`,
    'x-scope': scope,
    ...listParameters(endpoint, schemas),
    ...(body === null ? {} : { requestBody: { required: true, content: contentOf(body, schemas) } }),
    responses: {
      200: {
        description: 'Done, or decided.',
        headers: RATE_HEADERS,
        content: { 'application/json': { schema: toSchema(reply, 'output', schemas) } },
      },
      ...describeProblems(endpoint),
    },
  };
}

function contentOf(
  { schema, takesLines = false }: NonNullable<Endpoint['body']>,
  schemas: Record<string, unknown>,
): Json {
  const json = { 'application/json': { schema: toSchema(schema, 'input', schemas) } };
  const lines = { type: 'string', description: 'One JSON object a line, each a record.' };
  return takesLines ? { ...json, 'application/x-ndjson': { schema: lines } } : json;
}

function listParameters({ params, query }: Endpoint, schemas: Record<string, unknown>): Json {
  const inPath = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, given]) => {
    const schema = toSchema(given as z.ZodType, 'input', schemas) as Json;
    const { description = '', ...rest } = schema;
    const list = isList(given) ? { style: 'form', explode: true } : {};
    const required = !(given as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, description, ...list, schema: rest };
  });
  const parameters = [...inPath, ...inQuery];
  return parameters.length === 0 ? {} : { parameters };
}

/** The problems of an endpoint, those of one status together. */
function describeProblems(endpoint: Endpoint): Json {
  const byStatus = groupBy(problemsOf(endpoint), (code) => API_PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${API_PROBLEMS[code].title}.`).join(' '),
        headers: {
          ...(codes.some((code) => HAS_NO_LIMIT.includes(code)) ? {} : RATE_HEADERS),
          ...(status === 429 ? { 'Retry-After': { $ref: `${COMPONENTS}/headers/RetryAfter` } } : {}),
        },
        content: {
          [PROBLEM_TYPE]: {
            schema: { $ref: `${COMPONENTS}/schemas/Problem`, properties: { code: { enum: codes } } },
          },
        },
      },
    ]),
  );
}

/** Answered before a key was known, or counted. */
const HAS_NO_LIMIT: readonly ProblemCode[] = ['unauthorised', 'company-closed', 'internal', 'unavailable'];

/** Everything that an endpoint may be refused for. */
export function problemsOf({ body, query, errors }: Endpoint): ProblemCode[] {
  const ofBody: ProblemCode[] = body === null ? [] : ['bad-body', 'body-too-large'];
  const ofQuery: ProblemCode[] = query === null ? [] : ['bad-query'];
  return [...new Set([...ofBody, ...ofQuery, ...errors, ...COMMON])].sort(
    (a, b) => API_PROBLEMS[a].status - API_PROBLEMS[b].status,
  );
}

/**
 * A schema as JSON Schema, those with a name of their own among the components. What is answered stays open for fields to come;
 * what is sent is closed, as a misspelt field is refused.
 */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, unknown>): unknown {
  const { $defs = {}, properties = {} } = z.toJSONSchema(z.object({ value: schema }), { io });
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, part]) => {
        if (io === 'output' && name === 'additionalProperties' && part === false) return [];
        if (name === '$ref') return [[name, String(part).replace('#/$defs/', `${COMPONENTS}/schemas/`)]];
        return [[name, name === 'examples' ? part : place(part)]];
      }),
    );
  };
  for (const [name, definition] of Object.entries($defs)) schemas[name] = place(definition);
  return place(properties.value);
}
