import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Rule {
  /** The file that has the function; nothing of its kind stands elsewhere. */
  owner: string;
  pattern: RegExp;
  /** What a second definition looks like. */
  offences: readonly string[];
  /** Files that may, each with the reason. */
  except?: Readonly<Record<string, string>>;
}

const RULES: readonly Rule[] = [
  {
    owner: 'durations.ts',
    pattern:
      /\b(?:SECOND|MINUTE|HOUR|DAY|WEEK)_MS\s*=|\b86_?400_?000\b|\b3_?600_?000\b|\b24 \* (?:3_?600|60 \* 60)\b|\b60_000\b/,
    offences: [
      'const DAY_MS = 86_400_000;',
      'const HOUR_MS = 60 * MINUTE_MS;',
      'const LIFE_MS = 24 * 3_600_000;',
      'setTimeout(poll, 60_000);',
    ],
    except: {
      'stand-ins/local-processor/api/checkout-sessions.ts': 'seconds, as the card processor counts them',
      'stand-ins/local-processor/api/invoices.ts': 'seconds, as the card processor counts them',
    },
  },
  {
    owner: 'token.ts',
    pattern: /randomBytes\([^)]*\)\s*\.toString\('base64url'\)/,
    offences: ["const token = randomBytes(18).toString('base64url');"],
  },
  {
    owner: 'reference.ts',
    pattern: /(?<![01])23456789[A-HJ-NP-Z]|[A-Z]{5}23456789/,
    offences: [
      "const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';",
      "const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';",
    ],
  },
  {
    owner: 'backoff.ts',
    pattern: /\*\s*2 \*\* |Math\.min\(\w+ \* 2,/,
    offences: [
      'const waitMs = Math.min(FIRST_MS * 2 ** attempts, MAX_MS);',
      'await pause(5 * 2 ** attempt);',
      'delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);',
    ],
  },
  {
    owner: 'single-flight.ts',
    pattern: /Map<[\w, <]*\bPromise</,
    offences: [
      'const inFlight = new Map<string, Promise<unknown>>();',
      'const asked = new WeakMap<Deps, Map<string, Promise<Row>>>();',
    ],
  },
  {
    owner: 'group-commit.ts',
    pattern: /\bqueue\.splice\(0,/,
    offences: ['const batch = queue.splice(0, MAX_BATCH);'],
  },
  {
    owner: 'phone-number.ts',
    pattern: /\\\+(?:\[1-9\]|\\d)[^/\n]*\{\d+,1[45]\}/,
    offences: ['const E164 = /^\\+[1-9]\\d{6,14}$/;', 'const NUMBER = /^\\+\\d{1,15}$/;'],
    except: { 'log.ts': 'masks what looks like a number inside of any text' },
  },
  {
    owner: 'calendar.ts',
    pattern: /temporal-polyfill|longOffset|\.formatToParts\(|'en-CA'|'sv-SE'/,
    offences: [
      "import { Temporal } from 'temporal-polyfill';",
      "new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })",
      'const parts = format.formatToParts(at);',
      "const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });",
    ],
    except: {
      'stand-ins/local-workspace/page/elements/zoned-epoch.ts':
        'the page carries no library of time zones for one field',
      'stand-ins/local-workspace/page/text/date-token.ts': 'the same',
      'stand-ins/local-workspace/page/simulator/describe-time.ts':
        'it shows the abbreviation of a zone, as text',
    },
  },
];

const sources = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated'))
    .map((file) => [file.split(path.sep).join('/'), readFileSync(path.join('src', file), 'utf8')] as const),
);

/** Where a rule's function is defined anew: `file: the line`. */
function findCopies({ owner, pattern, except = {} }: Rule, files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .filter(([file]) => file !== owner && !(file in except))
    .flatMap(([file, text]) =>
      text
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
}

describe.each(RULES)('what $owner defines', (rule) => {
  it('is defined nowhere else', () => {
    expect(sources.get(rule.owner), 'the file that the rule is about').toMatch(rule.pattern);
    expect(findCopies(rule, sources)).toEqual([]);
  });

  it.each(rule.offences)('is found where somebody writes it anew: %s', (offence) => {
    const planted = new Map([...sources, ['billing/planted.ts', `// a file\n${offence}\n`]]);
    expect(findCopies(rule, planted)).toEqual([`billing/planted.ts: ${offence}`]);
  });

  it('has no exception that nothing needs', () => {
    for (const file of Object.keys(rule.except ?? {})) expect(sources.get(file), file).toMatch(rule.pattern);
  });
});
