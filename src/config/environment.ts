import { z } from 'zod';
import { faultOfOther, faultOfPrefix, faultOfWeakKey } from './key-kinds.ts';

/** Characters that do not belong in a setting: line breaks and invisible ones. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * A value as it was meant: without blanks and line breaks around it and without a pair of quotes that a shell or a
 * secret store left on. Set to nothing counts as not set, as people write in .env files.
 */
export function tidyValue(value: string | undefined): string | undefined {
  const tidy = value
    ?.trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  return tidy === '' ? undefined : tidy;
}

const port = z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });
/** The companies that the try-out can begin with. */
export const DEMO_KINDS = ['history', 'new', 'invoice', 'empty'] as const;

const yesOrNo = z.enum(['yes', 'no'], { error: 'must be yes or no' });
const count = (max: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(max, `must be ${max} or less`);

const text = z.string().refine((value) => !UNSEEN.test(value), {
  error: 'has a line break or a character that cannot be seen inside it',
});
/** A text judged by a function that answers with the fault, or null. */
const judged = (judge: (value: string) => string | null) =>
  text.superRefine((value, context) => {
    const fault = judge(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

/** Every variable that Refill reads; `.env.example` lists the same. */
export const environment = z.object({
  PORT: port.optional(),
  REFILL_HOST: text.regex(/^[\w.:-]+$/, 'must be an address to listen on, like 127.0.0.1').optional(),
  REFILL_ROLE: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
  REFILL_DATA: text.default('./data'),
  REFILL_LOG: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .optional(),
  REFILL_PUBLIC_URL: text
    .refine((value) => value === 'none' || /^https?:\/\//.test(value), 'must be an https address, or none')
    .optional(),
  REFILL_SECRET_KEY: judged(faultOfWeakKey).optional(),
  REFILL_SECRET_KEY_OLD: text.optional(),
  REFILL_METRICS_TOKEN: judged(faultOfWeakKey).optional(),
  REFILL_MONITORING: text
    .regex(/^([\w.-]+|\[[\da-f:]+\])?:\d{1,5}$/i, 'must be an address and a port, like 127.0.0.1:9464')
    .optional(),
  REFILL_PLAY_MONEY: yesOrNo.optional(),
  REFILL_OPERATOR_CHANNEL: text
    .regex(/^[CG][A-Z0-9]{6,}$/, 'must be the id of a Slack channel, like C0123456789')
    .optional(),
  REFILL_EXPORT_MAX_RECORDS: count(1_000_000_000).default(2_000_000),
  REFILL_USAGE_REQUESTS_PER_SECOND: count(100_000).default(200),
  REFILL_WEB_CONNECTIONS: count(1_000).default(10),
  REFILL_JOBS_AT_ONCE: count(100).default(6),
  REFILL_DEMO: z
    .enum(DEMO_KINDS, { error: `must be ${DEMO_KINDS.slice(0, -1).join(', ')} or ${DEMO_KINDS.at(-1)}` })
    .default('history'),
  /** `db` reads it whole and says what is wrong with it. */
  DATABASE_URL: text.regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address').optional(),
  SLACK_BOT_TOKEN: judged((value) =>
    faultOfPrefix(value, /^xoxb-[\w-]+$/, 'the bot token, which begins with xoxb-'),
  ).optional(),
  SLACK_SIGNING_SECRET: judged((value) =>
    /^[\w-]{8,}$/.test(value)
      ? faultOfOther(value, 'the signing secret, from Basic Information')
      : 'must be 8 letters and digits or more, and nothing else',
  ).optional(),
  SLACK_APP_TOKEN: judged((value) =>
    faultOfPrefix(value, /^xapp-[\w-]+$/, 'the app-level token, which begins with xapp-'),
  ).optional(),
  SLACK_API_URL: httpUrl.optional(),
  STRIPE_SECRET_KEY: judged((value) =>
    faultOfPrefix(
      value,
      /^(sk|rk)_(live|test)_\w{4,}$/,
      'a secret key (sk_live_…) or a restricted key (rk_live_…)',
    ),
  ).optional(),
  STRIPE_WEBHOOK_SECRET: judged((value) =>
    faultOfPrefix(value, /^whsec_[\w-]{4,}$/, 'the endpoint’s signing secret, which begins with whsec_'),
  ).optional(),
  STRIPE_API_URL: httpUrl.optional(),
  STRIPE_INVOICES: yesOrNo.optional(),
});
