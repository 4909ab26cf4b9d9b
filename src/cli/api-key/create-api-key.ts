import { apiScope, captureMode, createApiKey } from '../../usage/index.ts';
import {
  bad,
  defineCommand,
  instant,
  oneOf,
  openCompanyOption,
  optional,
  repeated,
  text,
  type ValueParser,
  withDefault,
} from '../frame/index.ts';

const MAX_REQUESTS_PER_SECOND = 10_000;

const requestRate: ValueParser<number> = (typed, name) => {
  const rate = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  if (rate < 1 || rate > MAX_REQUESTS_PER_SECOND)
    throw bad(name, `takes a whole number from 1 to ${MAX_REQUESTS_PER_SECOND}, not "${typed}"`);
  return rate;
};

export const createApiKeyCommand = defineCommand({
  name: 'api-key create',
  summary: 'print a new key for the API; it is shown once',
  params: {
    company: openCompanyOption(),
    name: withDefault('--name <name>', 'what it is for', text, 'usage'),
    scopes: repeated(
      '--scope <scope>',
      `${apiScope.options.join(', ')}; usage:write by default; repeat it for several`,
      oneOf(...apiScope.options),
      { isRequired: false },
    ),
    capture: optional(
      '--capture <how>',
      'with holds:write: posts (a capture is the usage record) or frees (the record comes another way)',
      oneOf(...captureMode.options),
    ),
    expiresAt: optional(
      '--expires <day>',
      'the first day on which it is refused, in UTC, or an instant',
      instant,
    ),
    requestsPerSecond: optional(
      '--requests-per-second <number>',
      'how many it may send (default: REFILL_USAGE_REQUESTS_PER_SECOND)',
      requestRate,
    ),
  },
  async run({ db, clock }, { company, name, scopes: typed, capture = null, ...limits }) {
    const scopes = typed.length === 0 ? (['usage:write'] as const) : typed;
    const { expiresAt = null, requestsPerSecond = null } = limits;
    const rights = { scopes, capture, expiresAt, requestsPerSecond };
    const { key } = await createApiKey({ db, clock }, { companyId: company.id, name, ...rights });
    return { lines: ['This key is shown once:', key], value: { key, name, ...rights } };
  },
});
