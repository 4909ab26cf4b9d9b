import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { noticeFacts } from '../../../src/notices/facts/index.ts';
import { escapeText } from '../../../src/slack/copy/mrkdwn.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';

/** What a hostile name tries: direction, marks, mentions, links, lines, things that nobody sees. */
const HOSTILE = '\u202Eevil\u2066 *b* `c` ~s~ _i_ :smile: <!channel> & <http://x.example|y>\n• *Paid* \u200B';
const RIGHT_TO_LEFT = 'שלום';

/** Texts that are none of a person's: ids, codes, our own references. */
const OWN = new Map<string, string>([
  ['timeZone', 'America/New_York'],
  ['channelId', 'C0CREDITS1'],
  ['brand', 'visa'],
  ['last4', '4242'],
  ['failureCode', 'card_declined'],
  ['failure', 'card_declined'],
  ['receipt', 'RF-2345'],
  ['ownReceipt', 'RF-2345-1'],
  ['invoice', 'INV-2026-0001'],
  ['reference', 'RF-2345'],
  ['token', 'token-of-ours'],
  ['pausedToken', 'token-of-ours'],
  ['scope', 'company'],
  ['number', '2026-0001'],
  ['actionUrl', 'https://pay.example/x'],
  ['payUrl', 'https://pay.example/x'],
]);
const isOfUser = (name: string): boolean =>
  /(?:UserIds?|^userId|answererIds|admins|decidedBy|answeredBy)$/i.test(name);

/**
 * Facts of a schema's shape in which every text of a person's is `outside`. `variant` walks through enums, unions, null and
 * booleans, so that several of them render every branch.
 */
function sample(schema: z.core.$ZodType, name: string, outside: string, variant: number): unknown {
  const { def } = schema._zod as unknown as { def: Def };
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape ?? {}).map(([key, each]) => [key, sample(each, key, outside, variant)]),
      );
    case 'array':
      return def.element === undefined
        ? []
        : [0, 1].map((n) => sample(def.element as z.core.$ZodType, name, outside, variant + n));
    case 'nullable':
      return variant % 3 === 2 && name !== 'change' ? null : sample(inner(def), name, outside, variant);
    case 'default':
    case 'optional':
      return sample(inner(def), name, outside, variant);
    case 'union': {
      const options = def.options ?? [];
      return sample(options[variant % options.length] as z.core.$ZodType, name, outside, variant);
    }
    case 'enum': {
      const values = Object.values(def.entries ?? {});
      return values[variant % values.length];
    }
    case 'literal':
      return def.values?.[0];
    case 'boolean':
      return variant % 2 === 0;
    case 'number':
      return 2 + (variant % 2);
    case 'string':
      return text(def, name, outside);
    default:
      throw new RangeError(`no sample of ${def.type} for ${name}`);
  }
}

interface Def {
  type: string;
  shape?: Record<string, z.core.$ZodType>;
  element?: z.core.$ZodType;
  innerType?: z.core.$ZodType;
  options?: z.core.$ZodType[];
  entries?: Record<string, string>;
  values?: unknown[];
  checks?: unknown[];
  format?: string;
}

function inner({ innerType }: Def): z.core.$ZodType {
  if (innerType === undefined) throw new RangeError('a wrapper wraps something');
  return innerType;
}

function text(def: Def, name: string, outside: string): string {
  if (def.format === 'datetime') return '2026-12-01T08:00:00Z';
  // What has a form of its own (amounts) is not free text.
  if ((def.checks ?? []).length > 0) return '12.5';
  return isOfUser(name) ? 'U0ANA' : (OWN.get(name) ?? outside);
}

const schemas = noticeFacts.options.map((schema) => ({
  kind: (schema.shape.kind as z.ZodLiteral<string>).value,
  schema: schema as z.ZodType,
}));
const VARIANTS = Array.from({ length: 66 }, (_, n) => n);

/** What a setting was and is has the form of that setting; only a company's name is free text. */
function withValues(facts: unknown): unknown {
  const { changes, items } = facts as {
    changes?: { field: string; from: string | null; to: string | null }[];
    items?: unknown[];
  };
  if (Array.isArray(items)) return { ...(facts as object), items: items.map(withValues) };
  if (!Array.isArray(changes)) return facts;
  const valueFor = (field: string): string =>
    field.startsWith('channel_')
      ? 'C0GEN'
      : ({ time_zone: 'UTC', country: 'US', billing_method: 'card', card_check: 'first' }[field] ?? '12');
  return {
    ...(facts as object),
    changes: changes.map((each) =>
      each.field === 'company_name'
        ? each
        : { ...each, from: each.from && valueFor(each.field), to: valueFor(each.field) },
    ),
  };
}

/** Every text in a message, wherever it stands. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function messagesOf(schema: z.ZodType, outside: string): string[] {
  return VARIANTS.flatMap((variant) => {
    const facts = noticeFacts.safeParse(withValues(sample(schema as never, '', outside, variant)));
    if (!facts.success) throw facts.error;
    return textsOf(renderNotice(facts.data));
  });
}

describe('names in notices', () => {
  it.each(schemas)(
    '$kind: none can mark, mention, link, break a line or turn the direction',
    ({ schema }) => {
      const texts = messagesOf(schema, HOSTILE);
      expect(texts.length).toBeGreaterThan(0);
      for (const each of texts) {
        expect(each).not.toMatch(/\*b\*|`c`|~s~|_i_|:smile:|<!channel>|<http|\/\/x\.example|\n• \*Paid/);
        expect(each).not.toMatch(/[\u202A-\u202E\u2066\u2067\u200B]/);
      }
    },
  );

  it.each(schemas)('$kind: one that is read from right to left turns nothing around', ({ schema }) => {
    for (const each of messagesOf(schema, RIGHT_TO_LEFT))
      expect(each.replaceAll(`\u2068${RIGHT_TO_LEFT}\u2069`, '')).not.toContain(RIGHT_TO_LEFT);
  });
});

describe('a name in mrkdwn', () => {
  it.each([
    ['R&D', 'R&amp;D'],
    ['*Sales* a*b', '∗Sales∗ a∗b'],
    ['sales_emea _x_', 'sales_emea ˍxˍ'],
    ['`x` ~y~', '’x’ ∼y∼'],
    [':smile: at 10:30:00', '∶smile: at 10:30:00'],
    ['ends in :smile', 'ends in ∶smile'],
    ['https://evil.example', 'https:∕∕evil.example'],
    ['<!channel>', '&lt;!channel&gt;'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
  ])('%s is shown as it is and marks nothing', (name, shown) => {
    expect(escapeText(name)).toBe(shown);
  });
});
