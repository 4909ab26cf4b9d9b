import { HOUR_MS } from '../../durations.ts';
import { rotateApiKey } from '../../usage/index.ts';
import {
  argument,
  bad,
  defineCommand,
  instant,
  openCompanyOption,
  optional,
  text,
  type ValueParser,
  withDefault,
} from '../frame/index.ts';

const MAX_HOURS = 90 * 24;

const hours: ValueParser<number> = (typed, name) => {
  const count = /^\d{1,4}$/.test(typed) ? Number(typed) : Number.NaN;
  if (!(count <= MAX_HOURS)) throw bad(name, `takes whole hours from 0 to ${MAX_HOURS}, not "${typed}"`);
  return count;
};

export const rotateApiKeyCommand = defineCommand({
  name: 'api-key rotate',
  summary: 'print a new key with the rights of another, which goes on for some hours',
  params: {
    company: openCompanyOption(),
    prefix: argument('<prefix>', 'how the old one begins, like rk_a1b2c3', text),
    hours: withDefault('--hours <hours>', 'how long the old one goes on', hours, '24'),
    expiresAt: optional(
      '--expires <day>',
      'the first day on which the new one is refused, in UTC, or an instant (default: never)',
      instant,
    ),
  },
  async run({ db, clock }, { company, prefix, hours: goesOn, expiresAt = null }) {
    const until = new Date(clock.now().getTime() + goesOn * HOUR_MS);
    const of = { companyId: company.id, prefix, expiresAt };
    const { key, oldUntil } = await rotateApiKey({ db, clock }, of, until);
    return {
      lines: ['This key is shown once:', key, `The old one is good until ${oldUntil.toISOString()}.`],
      value: { key, oldUntil, expiresAt },
    };
  },
});
