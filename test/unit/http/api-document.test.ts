import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildDocument } from '../../../src/http/api/build-document.ts';
import { defineEndpoint } from '../../../src/http/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/http/api/endpoints.ts';
import { apiScope } from '../../../src/usage/index.ts';
import { apiDocument, createDocumentCheck } from '../../support/api-document.ts';

const document = apiDocument.parse(buildDocument());

describe('the API’s document', () => {
  it('has every endpoint of the table with its scope, each under a name of its own', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.map(({ path, method, operation }) => [method, path, operation['x-scope']])).toEqual(
      ENDPOINTS.map(({ path, method, scope }) => [
        method.toLowerCase(),
        path.replace(/:(\w+)/g, '{$1}'),
        scope,
      ]),
    );
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('uses every scope that a key can have', () => {
    expect(new Set(ENDPOINTS.map(({ scope }) => scope))).toEqual(new Set(apiScope.options));
  });

  it('describes every path parameter, and says of every schema what it is', () => {
    for (const { path, params, summary, description } of ENDPOINTS) {
      expect(Object.keys(params)).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
      expect(summary).not.toMatch(/\.$/);
      expect(description).toMatch(/\.$/);
    }
    const schemas = z.record(z.string(), z.looseObject({ description: z.string().optional() }));
    for (const [name, schema] of Object.entries(schemas.parse(document.components.schemas)))
      expect(schema.description, name).toMatch(/\.$/);
  });

  it('refers only to what it has, and has nothing that it does not refer to', () => {
    const text = JSON.stringify(document);
    const referred = [...text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)].map(
      ([, part, name]) => `${part}/${name}`,
    );
    const had = (['schemas', 'headers'] as const).flatMap((part) =>
      Object.keys(document.components[part]).map((name) => `${part}/${name}`),
    );
    expect(new Set(referred)).toEqual(new Set(had));
  });

  it('has only keywords of JSON Schema, and examples that its own schemas take', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, formats: { 'date-time': true } });
    ajv.addVocabulary(['components']);
    const { components } = document;
    for (const [name, schema] of Object.entries(components.schemas)) {
      const validate = ajv.compile({ ...(schema as object), components });
      for (const example of (schema as { examples?: unknown[] }).examples ?? [])
        expect(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
  });
});

describe('the check of answers against the document', () => {
  const made = createDocumentCheck(
    apiDocument.parse(
      buildDocument([
        defineEndpoint({
          method: 'GET',
          path: '/v1/things/:id',
          operationId: 'readThing',
          tag: 'Things',
          summary: 'Read a thing',
          description: 'A thing.',
          scope: 'balance:read',
          params: { id: 'Its id.' },
          reply: z.object({ name: z.string(), parts: z.array(z.object({ size: z.number().optional() })) }),
          handle: async () => ({ name: 'x', parts: [] }),
        }),
      ]),
    ),
  );
  const answered = (
    body: unknown,
    change: { status?: number; type?: string; limits?: boolean; method?: string } = {},
  ) => {
    const { status = 200, type = 'application/json', limits = true, method = 'GET' } = change;
    const headers = new Headers({ 'content-type': type });
    if (limits) for (const name of ['ratelimit', 'ratelimit-policy']) headers.set(name, 'x');
    return () => made.check({ method, path: '/v1/things/1?x', status, headers, text: JSON.stringify(body) });
  };
  const thing = { name: 'x', parts: [{ size: 1 }, {}] };
  const problem = {
    type: 'x',
    title: 'x',
    status: 403,
    detail: 'x',
    code: 'scope-missing',
    error: 'x',
    message: 'x',
  };
  const as = { status: 403, type: 'application/problem+json' };

  it('lets through what is described', () => {
    answered(thing)();
    answered(problem, as)();
  });

  it.each([
    ['a field too many', answered({ ...thing, price: '1' })],
    ['a field too many further in', answered({ ...thing, parts: [{ size: 1, weight: 2 }] })],
    ['a field too few', answered({ parts: [] })],
    ['a field of another type', answered({ ...thing, name: 1 })],
    ['another status', answered(thing, { status: 202 })],
    ['another type of content', answered(thing, { type: 'text/html' })],
    ['no rate limit', answered(thing, { limits: false })],
    ['another method', answered(thing, { method: 'POST' })],
    ['a code that is not this endpoint’s', answered({ ...problem, code: 'hold-unknown' }, as)],
    ['a problem with a field too many', answered({ ...problem, stack: 'x' }, as)],
  ])('fails for %s', (_, check) => {
    expect(check).toThrow(/the document does not/);
  });
});
