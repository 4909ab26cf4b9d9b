import { apiScope, captureMode, createApiKey } from '../../usage/index.ts';
import {
  companyOption,
  defineCommand,
  oneOf,
  optional,
  repeated,
  text,
  withDefault,
} from '../frame/index.ts';

export const createApiKeyCommand = defineCommand({
  name: 'api-key create',
  summary: 'print a new key for the API; it is shown once',
  params: {
    company: companyOption(),
    name: withDefault('--name <name>', 'what it is for', text, 'usage'),
    scopes: repeated(
      '--scope <scope>',
      `${apiScope.options.join(', ')}; usage:write unless told; repeat it for several`,
      oneOf(...apiScope.options),
      { isRequired: false },
    ),
    capture: optional(
      '--capture <how>',
      'with holds:write: posts (a capture is the usage record) or frees (the record comes another way)',
      oneOf(...captureMode.options),
    ),
  },
  async run({ db, clock }, { company, name, scopes: typed, capture = null }) {
    const scopes = typed.length === 0 ? (['usage:write'] as const) : typed;
    const { key } = await createApiKey({ db, clock }, { companyId: company.id, name, scopes, capture });
    return { lines: ['This key is shown once:', key], value: { key, name, scopes, capture } };
  },
});
