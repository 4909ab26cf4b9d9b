import { randomBytes, randomInt } from 'node:crypto';
import type { Row, Way } from './matrix.ts';
import type { Sender } from './people.ts';
import type { Carried, Thing } from './things/thing.ts';
import { type ThingName, things } from './things.ts';

/** What a request carries. Sent once more after it acted, it is `replayed`. */
export const VALUES = [
  'genuine',
  'elsewhere',
  'anothers',
  'forged',
  'foreign',
  'mixed',
  'stale',
  'garbage',
] as const;
export type Value = (typeof VALUES)[number];

/** Names nothing that could be another's. */
const PLACELESS: ReadonlySet<ThingName> = new Set([
  'nothing',
  'quiet',
  'quietForm',
  'amount',
  'wish',
  'linkCode',
  'requestForm',
]);

/** Whether there is such a value of this row for this sender. */
export function hasValue(row: Row, sender: Sender, value: Value): boolean {
  const thing: Thing = things[row.names];
  switch (value) {
    case 'genuine':
      return true;
    case 'elsewhere':
      return row.ofOffice;
    case 'anothers':
      return row.own === true || (row.own === 'or_company_admin' && sender !== 'company_admin');
    case 'mixed':
      return row.fieldsName;
    case 'stale':
      // A page for a card may be opened whatever became of the purchase.
      return thing.age !== undefined && !row.repeats;
    case 'garbage':
      // Where nothing is named, or there is nothing to fill in but what one wants, anything is as good.
      return !(PLACELESS.has(row.names) && row.acts && row.who.includes(sender));
    default:
      return !PLACELESS.has(row.names);
  }
}

const GARBAGE = [
  '',
  ' ',
  'nonsense',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '0',
  '-1',
  '1e3',
  '9223372036854775808',
  '9'.repeat(19),
  '[]',
  '{}',
  '{"companyId":"1","amount":"9999"}',
  "' OR 1=1 --",
  'office:-1',
  'office:99999999999999999999',
  'company',
  'buy.company.1',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '../../etc/passwd',
  '<!channel> <@UANA>',
  '%00%0a',
  'x'.repeat(1_900),
] as const;

export function garbage(random: () => number): Carried {
  const pick = (): string => GARBAGE[Math.floor(random() * GARBAGE.length)] ?? '';
  const fields = [
    {},
    { choice: 'fifty' },
    { scope: null, choice: { choice: { selected_option: null } } },
    { amount: { amount: { value: pick() } }, reason: { reason: { value: 7 } } },
    {
      person: { person: { selected_user: pick() } },
      role: { role: { selected_option: { value: 'company_admin' } } },
    },
    { [pick()]: { [pick()]: { selected_options: [{ value: pick() }, null] } } },
  ];
  const values = fields[Math.floor(random() * fields.length)];
  return { value: pick(), selected: pick(), metadata: pick(), values };
}

/** The same with ids and tokens that nobody gave out. */
export function forge({ value, selected, metadata, values }: Carried): Carried {
  return {
    ...(value === undefined ? {} : { value: scramble(value) }),
    ...(selected === undefined ? {} : { selected: scramble(selected) }),
    ...(metadata === undefined ? {} : { metadata: scramble(metadata) }),
    ...(values === undefined ? {} : { values: scrambleFields(values) }),
  };
}

function scramble(text: string): string {
  if (/^\d+$/.test(text)) return someId();
  return text
    .replaceAll(/\bU(TEMP|NEW)\d+/g, () => `UFORGED${randomInt(10 ** 9)}`)
    .replaceAll(/office:\d+/g, () => `office:${someId()}`)
    .replaceAll(/"\d+"/g, () => `"${someId()}"`)
    .replaceAll(/[\w-]{16,}/g, (token) =>
      randomBytes(token.length).toString('base64url').slice(0, token.length),
    );
}

const someId = (): string => `${randomInt(10 ** 6, 10 ** 9)}${randomInt(10 ** 6, 10 ** 9)}`;

/** Ids among what was filled in; what was typed stays. */
function scrambleFields(values: unknown): unknown {
  return JSON.parse(JSON.stringify(values), (key, held: unknown) =>
    key === 'value' && typeof held === 'string' && /^((office|manager):)?\d+:?$/.test(held)
      ? held.replace(/\d+/, someId())
      : held,
  );
}

/** What the request's answer is heard by: in its own response, or where the app says it. */
export const isAnsweredAtOnce = (way: Way): boolean => way === 'submit' || way === 'list';
