import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Endpoint } from '../../../src/http/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/http/api/endpoints.ts';
import { isObject, type Json } from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import { apiRecord } from '../../../src/usage/index.ts';
import type { Chance } from '../simulate/chance.ts';
import { damage, mutate, oddText, writeJson } from './mutate.ts';
import type { FuzzRequest } from './request.ts';
import type { Addressed } from './world.ts';

/** Ids come again within so many, so that what they name is there. */
const IDS = 400;
const DAY_MS = 86_400_000;
const MOST_LINES = 30;

const NUMBERS = [
  '+442079460000',
  '+14155550101',
  '+12125550102',
  '+12425550100',
  '(415) 555-0199',
  'blocked',
] as const;
const idOf = (chance: Chance, prefix: string): string => `${prefix}-${chance.between(0, IDS)}`;
const time = (chance: Chance): string =>
  new Date(Date.now() - Math.floor(chance.next() * (chance.oneIn(8) ? 60 : 1) * DAY_MS)).toISOString();

/** What valid fields hold, by their names; any other is drawn from its schema. */
const FIELDS: Readonly<Record<string, (chance: Chance) => unknown>> = {
  id: (chance) => idOf(chance, 'fuzz'),
  usage_id: (chance) => idOf(chance, 'fuzz'),
  external_number: (chance) => chance.pick(NUMBERS),
  internal_number: (chance) => chance.pick(NUMBERS),
  office: (chance) => chance.pick(['San Francisco', 'New York', '1', 'nowhere']),
  department: (chance) => chance.pick(['Sales', 'Support', '7']),
  member: (chance) => chance.pick(['Ana Reyes', 'Priya Nair', '5']),
  email: (chance) => chance.pick(['ana@acme.example', 'nobody@acme.example']),
  answered_at: time,
  started_at: time,
  at: time,
  from: () => new Date(Date.now() - 90 * DAY_MS).toISOString(),
  to: time,
  duration_seconds: (chance) => chance.between(0, 4_000) / 10,
  seconds: (chance) => chance.between(1, 3_600),
  amount: (chance) => (chance.between(1, 500) / 100).toFixed(2),
  expires_in_seconds: (chance) => chance.between(60, 900),
  cursor: () => undefined,
  limit: (chance) => chance.between(1, 500),
};

/** Something that a JSON schema describes; of optional fields about a third. */
function drawFrom(schema: unknown, chance: Chance, name = ''): unknown {
  const known = FIELDS[name];
  if (known !== undefined) return known(chance);
  if (!isObject(schema)) return null;
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return drawFrom(options[chance.between(0, options.length - 1)], chance, name);
  if (Array.isArray(schema.enum)) return schema.enum[chance.between(0, schema.enum.length - 1)];
  if ('const' in schema) return schema.const;
  switch (schema.type) {
    case 'object': {
      const required = new Set(Array.isArray(schema.required) ? schema.required : []);
      const fields = Object.entries(isObject(schema.properties) ? schema.properties : {})
        .filter(([field]) => required.has(field) || chance.oneIn(3))
        .map(([field, inner]) => [field, drawFrom(inner, chance, field)]);
      return Object.fromEntries(fields);
    }
    case 'array':
      return Array.from({ length: chance.between(1, 3) }, () => drawFrom(schema.items, chance, name));
    case 'integer':
    case 'number':
      return chance.between(1, 9);
    case 'boolean':
      return chance.oneIn(2);
    default:
      return `text ${chance.between(1, 99)}`;
  }
}

const schemaOf = (schema: z.ZodType): unknown =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
const schemas = new Map(
  ENDPOINTS.map(({ operationId, query, body }) => [
    operationId,
    { query: query === null ? null : schemaOf(query), body: body === null ? null : schemaOf(body.schema) },
  ]),
);
const recordSchema = schemaOf(apiRecord);
const singles = ENDPOINTS.filter(({ body }) => body?.takesLines !== true);

/** A request to a row of the API's table; who has no row is fuzzed by no one, and who has one always is. */
export function drawApi(world: Addressed, chance: Chance): FuzzRequest {
  const endpoint = chance.pick(singles as [Endpoint, ...Endpoint[]]);
  const schema = schemas.get(endpoint.operationId);
  const drawn = schema?.body == null ? undefined : drawFrom(schema.body, chance);
  const valid = drawn === undefined ? undefined : tidy(drawn);
  const body = valid === undefined ? undefined : chance.oneIn(2) ? mutate(valid, chance) : valid;
  return finish(world, chance, {
    what: endpoint.operationId,
    method: endpoint.method,
    path: `${drawPath(endpoint, chance)}${(chance.oneIn(6) ? world.cursors.get(endpoint.path) : undefined) ?? drawQuery(schema?.query, chance)}`,
    type: 'application/json',
    body: Buffer.from(body === undefined ? '' : writeJson(body, chance)),
  });
}

/** Usage in all of the forms in which it is taken: a record, an array, a line each, packed. */
export function drawUsage(world: Addressed, chance: Chance): FuzzRequest {
  const record = (): unknown => {
    const valid = tidy({
      id: '',
      ...(drawFrom(recordSchema, chance) as Json),
      at: time(chance),
      answered_at: time(chance),
    });
    return chance.oneIn(3) ? mutate(valid, chance) : valid;
  };
  const many = Array.from({ length: chance.between(1, chance.oneIn(5) ? MOST_LINES : 3) }, record);
  const form = chance.pick(['one', 'array', 'lines'] as const);
  const text =
    form === 'one'
      ? writeJson(many[0], chance)
      : form === 'array'
        ? writeJson(many, chance)
        : many.map((each) => writeJson(each, chance)).join(chance.oneIn(6) ? '\r\n' : '\n');
  return finish(world, chance, {
    what: `sendUsage ${form}`,
    method: 'POST',
    path: '/v1/usage',
    type: form === 'lines' ? 'application/x-ndjson' : 'application/json',
    body: Buffer.from(text),
  });
}

/** A call has its seconds, everything else its pieces: the schemas alone would allow both. */
function tidy(drawn: unknown): unknown {
  if (!isObject(drawn)) return drawn;
  const { seconds, pieces, amount, ...rest } = drawn;
  const isCall = rest.kind === undefined || rest.kind === 'call';
  if (seconds === undefined && pieces === undefined && amount === undefined) return rest;
  return { ...rest, ...(isCall ? { seconds: seconds ?? 60 } : { pieces: pieces ?? 1 }) };
}

function drawPath({ path, params }: Endpoint, chance: Chance): string {
  return Object.keys(params).reduce((filled, name) => {
    const valid =
      name === 'reference' ? `P-${String(chance.between(1, 40)).padStart(6, '0')}` : idOf(chance, 'fuzz');
    const odd = (): string =>
      chance.oneIn(4) ? '%ff%' : encodeURIComponent(oddText(chance).toWellFormed().slice(0, 500));
    return filled.replace(`:${name}`, chance.oneIn(5) ? odd() || '%20' : valid);
  }, path);
}

function drawQuery(schema: unknown, chance: Chance): string {
  if (schema === null || schema === undefined) return chance.oneIn(20) ? '?x=1' : '';
  const drawn = drawFrom(schema, chance);
  const given = chance.oneIn(3) ? mutate(drawn, chance) : drawn;
  const pairs = Object.entries(isObject(given) ? given : {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((each) => each !== undefined)
      .slice(0, 20)
      .map((each): [string, string] => [
        name,
        (typeof each === 'string' ? each : (JSON.stringify(each) ?? '')).toWellFormed().slice(0, 2_000),
      ]),
  );
  return `?${new URLSearchParams(pairs)}`;
}

interface Drawn {
  what: string;
  method: string;
  path: string;
  type: string;
  body: Buffer;
}

/** A key, mostly the right one; a type and an encoding, mostly those of the body; the body, mostly whole. */
function finish({ keys }: Addressed, chance: Chance, { type, body: whole, ...drawn }: Drawn): FuzzRequest {
  const key = chance.oneIn(25)
    ? chance.pick([keys.scopeless, keys.expired, `rk_${'a'.repeat(32)}`, ''])
    : keys.whole;
  const body = whole.length > 0 && chance.oneIn(15) ? damage(whole, chance) : whole;
  const packed = chance.oneIn(8) && drawn.path === '/v1/usage';
  const encoding = packed
    ? { 'content-encoding': chance.oneIn(8) ? chance.pick(['br', 'zstd']) : 'gzip' }
    : {};
  return {
    surface: drawn.path === '/v1/usage' && drawn.method === 'POST' ? 'usage' : 'api',
    ...drawn,
    method: chance.oneIn(80) ? chance.pick(['PUT', 'DELETE', 'PATCH']) : drawn.method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': chance.oneIn(20) ? chance.pick(['text/plain', 'application/xml', '']) : type,
      ...encoding,
    },
    body: packed && encoding['content-encoding'] === 'gzip' && !chance.oneIn(20) ? gzipSync(body) : body,
    isTwice: chance.oneIn(20),
  };
}
