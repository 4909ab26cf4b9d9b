import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';

/**
 * Compares what the API answers with the document that it serves: an answer of another status, with another type, without a header
 * that is promised, or with a field that is not described, fails the test that asked for it.
 */

const header = z.object({ required: z.boolean().optional() });
const response = z.object({
  headers: z.record(z.string(), z.object({ $ref: z.string() })).optional(),
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })),
});
const operation = z.looseObject({ responses: z.record(z.string(), response) });
export const apiDocument = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({
    headers: z.record(z.string(), header),
    schemas: z.record(z.string(), z.unknown()),
  }),
});
export type ApiDocument = z.output<typeof apiDocument>;

export interface ApiAnswer {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  text: string;
}

/** What an answer has that the document does not. */
export class UndocumentedError extends Error {
  override readonly name = 'UndocumentedError';
}

export interface DocumentCheck {
  /** Throws UndocumentedError. */
  check(answer: ApiAnswer): void;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const PROBLEM = 'application/problem+json';
const ID = 'https://refill.example/openapi.json';

export function createDocumentCheck(document: ApiDocument): DocumentCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': DATE_TIME } });
  ajv.addSchema({ ...(closeObjects(document) as object), $id: ID }, ID);
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `${ID}#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  return {
    check({ method, path, status, headers, text }) {
      const asked = path.split('?', 1)[0] ?? '';
      const fail = (why: string): never => {
        throw new UndocumentedError(
          `${method} ${asked} answered ${status}, which the document does not: ${why}\n${text.slice(0, 2_000)}`,
        );
      };
      const [type = ''] = (headers.get('content-type') ?? '').split(';');
      const conform = (pointer: string): void => {
        const validate = validatorOf(pointer);
        if (!validate(JSON.parse(text))) fail(ajv.errorsText(validate.errors));
      };
      const template = paths.find(({ pattern }) => pattern.test(asked))?.path;
      const known = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
      if (template === undefined || known === undefined) {
        if (status < 400) fail('there is no such operation');
        if (type !== PROBLEM) fail(`an error is ${PROBLEM}`);
        return conform('/components/schemas/Problem');
      }
      const described = known.responses[status] ?? fail('no such status');
      for (const [name, { $ref }] of Object.entries(described.headers ?? {})) {
        const isRequired = document.components.headers[$ref.split('/').at(-1) ?? '']?.required === true;
        if (isRequired && !headers.has(name)) fail(`the header ${name} is missing`);
      }
      if (described.content[type] === undefined) fail(`no content of the type ${type}`);
      const at = [
        'paths',
        template,
        method.toLowerCase(),
        'responses',
        String(status),
        'content',
        type,
        'schema',
      ];
      conform(
        at.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join(''),
      );
    },
  };
}

/** Objects that are described are whole: the document leaves them open for clients alone, as fields may be added. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closeObjects(part)]));
  const isWhole = closed.type === 'object' && closed.properties !== undefined;
  return isWhole ? { additionalProperties: false, ...closed } : closed;
}

const checks = new Map<string, Promise<DocumentCheck>>();

/** The check of the document that a server serves; read once for each address. */
export function servedDocument(origin: string): Promise<DocumentCheck> {
  const known =
    checks.get(origin) ??
    fetch(`${origin}/v1/openapi.json`)
      .then((answer) => answer.json())
      .then((served) => createDocumentCheck(apiDocument.parse(served)))
      .catch((error: unknown) => {
        checks.delete(origin);
        throw error;
      });
  checks.set(origin, known);
  return known;
}

/** `fetch` that compares what the API answers with the document that it serves; other addresses are not the API's. */
export async function fetchApi(url: string, init: RequestInit = {}): Promise<Response> {
  const { origin, pathname } = new URL(url);
  if (!pathname.startsWith('/v1/')) return await fetch(url, init);
  const served = await servedDocument(origin);
  const answer = await fetch(url, init);
  const text = await answer.clone().text();
  served.check({
    method: init.method ?? 'GET',
    path: pathname,
    status: answer.status,
    headers: answer.headers,
    text,
  });
  return answer;
}
