import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDotEnv } from '../../src/config/read-dot-env.ts';
import { loadEnvironment, readConfig, SETTING_NAMES } from '../../src/config.ts';
import { RefillError } from '../../src/errors.ts';

const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret-of-slack' };
const STRIPE = { STRIPE_SECRET_KEY: 'sk_live_12345678' };
/** All that a live app needs. */
const LIVE = {
  ...SLACK,
  ...STRIPE,
  STRIPE_WEBHOOK_SECRET: 'whsec_12345678',
  REFILL_SECRET_KEY: 'm0stly harmless, and long',
  REFILL_PUBLIC_URL: 'https://refill.example.com',
  DATABASE_URL: 'postgres://refill@db/refill',
};
const LOCAL = { SLACK_API_URL: 'http://127.0.0.1:9/api/', STRIPE_API_URL: 'http://localhost:8' };

function faultsOf(env: Record<string, string | undefined>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof RefillError) return error.message;
    throw error;
  }
  return '';
}

describe('the environment', () => {
  it('needs nothing: an empty one is the try-out on port 3000', () => {
    expect(readConfig({})).toMatchObject({ port: 3000, isPortChosen: false, role: 'all', live: undefined });
    // As a copy of .env.example has it.
    expect(readConfig({ REFILL_LOG: '' })).toMatchObject({ logLevel: 'warn', isLogLevelChosen: false });
  });

  it('treats a variable set to nothing as not set', () => {
    expect(readConfig({ SLACK_BOT_TOKEN: '', PORT: ' ', DATABASE_URL: '""' })).toMatchObject({
      live: undefined,
      databaseUrl: undefined,
    });
  });

  it('reports every fault at once, by name: what is wrong beside what is missing', () => {
    const message = faultsOf({
      PORT: 'http',
      DATABASE_URL: 'mysql://x',
      REFILL_ROLE: 'boss',
      SLACK_BOT_TOKEN: 'xapp-1',
    });
    expect(message).toMatch(/^Refill cannot start\. Fix these environment variables:\n/);
    for (const fault of [
      /PORT must be a port number/,
      /DATABASE_URL must be a postgres/,
      /REFILL_ROLE must be all, web or worker/,
      /SLACK_BOT_TOKEN must be the bot token.*; this is an app-level token of Slack/,
      /STRIPE_SECRET_KEY is missing/,
      /REFILL_PUBLIC_URL is missing/,
    ])
      expect(message).toMatch(fault);
    expect(message.match(/SLACK_BOT_TOKEN/g)).toHaveLength(1);
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /STRIPE_SECRET_KEY is missing/],
    [{ ...STRIPE }, /SLACK_BOT_TOKEN is missing/],
    [{ ...STRIPE, SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_SIGNING_SECRET \(HTTP\) or SLACK_APP_TOKEN/],
    [{ STRIPE_API_URL: 'http://127.0.0.1:1' }, /SLACK_BOT_TOKEN is missing/],
  ])('refuses half-configured credentials %j', (env, expected) => {
    expect(faultsOf(env as Record<string, string>)).toMatch(expected);
  });

  it('takes values without what a shell or a secret store left around them', () => {
    const live = Object.fromEntries(
      Object.entries(LIVE).map(([name, value], n) => [
        name,
        [`${value}\n`, ` ${value}\r\n`, `"${value}"`][n % 3],
      ]),
    );
    expect(readConfig(live)).toEqual(readConfig(LIVE));
    expect(faultsOf({ ...LIVE, REFILL_SECRET_KEY: 'm0stly harmless,\nand long' })).toMatch(/line break/);
    expect(faultsOf({ ...LIVE, SLACK_SIGNING_SECRET: 'secret\u200b-of-slack' })).toMatch(/cannot be seen/);
  });

  it.each([
    ['STRIPE_SECRET_KEY', 'pk_live_12345678', /publishable key/],
    ['STRIPE_SECRET_KEY', 'whsec_12345678', /webhook secret/],
    ['STRIPE_SECRET_KEY', 'xoxb-1', /bot token/],
    ['STRIPE_SECRET_KEY', `rk_${'a'.repeat(32)}`, /API key of Refill/],
    ['STRIPE_SECRET_KEY', 'changeme', /must be a secret key/],
    ['STRIPE_WEBHOOK_SECRET', 'sk_live_12345678', /live secret key/],
    ['STRIPE_WEBHOOK_SECRET', 'changeme!', /begins with whsec_/],
    ['SLACK_SIGNING_SECRET', 'xapp-1-secret', /app-level token/],
    ['SLACK_BOT_TOKEN', 'xoxp-1', /user token/],
    ['SLACK_APP_TOKEN', 'xoxb-1', /bot token/],
    ['REFILL_SECRET_KEY', 'aaaaaaaaaaaaaaaaaaaaaaaa', /easy to guess/],
    ['REFILL_SECRET_KEY', 'too short', /16 characters/],
  ])('names a secret in the wrong variable: %s=%s', (name, value, expected) => {
    expect(faultsOf({ ...LIVE, [name]: value })).toMatch(expected);
  });

  const AROUND: [what: string, wrap: (value: string) => string][] = [
    ['a tab', (value) => `${value}\t`],
    ['a no-break space', (value) => `\u00a0${value}`],
    ['a byte order mark', (value) => `\ufeff${value}`],
    ['two line breaks', (value) => `${value}\n\n`],
    ['a carriage return', (value) => `${value}\r`],
    ['a line break before it', (value) => `\n${value}`],
    ['a line separator', (value) => `${value}\u2028`],
    ['single quotes', (value) => `'${value}'`],
  ];
  it.each(AROUND)('takes each value without %s around it', (_, wrap) => {
    for (const [name, value] of Object.entries(LIVE))
      expect([name, readConfig({ ...LIVE, [name]: wrap(value) })]).toEqual([name, readConfig(LIVE)]);
  });

  const INSIDE: [what: string, wrap: (value: string) => string][] = [
    ['a semicolon', (value) => `${value};`],
    ['a comma', (value) => `${value},`],
    ['a line break as it is typed', (value) => `${value}\\n`],
    ['a comment', (value) => `${value} # ours`],
    ['itself again', (value) => `${value} ${value}`],
    ['half its quotes', (value) => `"${value}`],
    ['curly quotes', (value) => `“${value}”`],
    ['backquotes', (value) => `\`${value}\``],
    ['quotes in quotes', (value) => `"'${value}'"`],
    ['angle brackets', (value) => `<${value}>`],
    ['export before it', (value) => `export ${value}`],
    ['wide letters', (value) => value.replace(/[-_]/, '－')],
    ['a zero-width space', (value) => `${value}\u200b`],
    ['a word joiner', (value) => `${value}\u2060`],
    ['a NUL', (value) => `${value}\0`],
  ];
  it.each(INSIDE)('refuses tokens and secrets of Slack and Stripe with %s', (_, wrap) => {
    const { REFILL_SECRET_KEY, REFILL_PUBLIC_URL, DATABASE_URL, ...issued } = LIVE;
    for (const [name, value] of Object.entries(issued))
      expect(faultsOf({ ...LIVE, [name]: wrap(value) })).toContain(`- ${name} `);
  });

  it.each(['\u200b', '\u2060', '\0', '\u200b/'])('refuses an address of its own that ends in %j', (end) => {
    expect(faultsOf({ ...LIVE, REFILL_PUBLIC_URL: `${LIVE.REFILL_PUBLIC_URL}${end}` })).toMatch(
      /cannot be seen/,
    );
  });

  it('lists exactly the variables that .env.example explains', () => {
    const explained = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm);
    expect([...explained].map((match) => match[1]).toSorted()).toEqual([...SETTING_NAMES].toSorted());
  });
});

describe('live', () => {
  it('takes real credentials by HTTP or by Socket Mode, and refuses to choose between the two', () => {
    expect(readConfig(LIVE).live).toMatchObject({
      mode: 'live',
      slack: { delivery: { kind: 'http' } },
      publicUrl: 'https://refill.example.com',
    });
    const socket = { ...LIVE, SLACK_SIGNING_SECRET: undefined, SLACK_APP_TOKEN: 'xapp-1' };
    expect(readConfig(socket).live).toMatchObject({
      slack: { delivery: { kind: 'socket', appToken: 'xapp-1' } },
    });
    expect(faultsOf({ ...LIVE, SLACK_APP_TOKEN: 'xapp-1' })).toMatch(/both set: keep the first for HTTP/);
  });

  it('takes live keys only, restricted ones too', () => {
    expect(readConfig({ ...LIVE, STRIPE_SECRET_KEY: 'rk_live_12345678' }).live?.mode).toBe('live');
    for (const key of ['sk_test_12345678', 'rk_test_12345678', ' rk_test_12345678', '"sk_test_12345678"']) {
      expect(faultsOf({ ...LIVE, STRIPE_SECRET_KEY: key }), key).toMatch(
        /is a test key.*REFILL_PLAY_MONEY=yes/,
      );
      expect(readConfig({ ...LIVE, STRIPE_SECRET_KEY: key, REFILL_PLAY_MONEY: 'yes' }).live?.mode).toBe(
        'play_money',
      );
    }
    expect(faultsOf({ ...LIVE, REFILL_PLAY_MONEY: 'yes' })).toMatch(/would charge real cards/);
  });

  it.each(['REFILL_SECRET_KEY', 'DATABASE_URL', 'REFILL_PUBLIC_URL', 'STRIPE_WEBHOOK_SECRET'])(
    'refuses to start without %s',
    (name) => {
      expect(faultsOf({ ...LIVE, [name]: undefined })).toMatch(new RegExp(`${name} is missing`));
      const play = { STRIPE_SECRET_KEY: 'sk_test_12345678', REFILL_PLAY_MONEY: 'yes' };
      expect(faultsOf({ ...LIVE, ...play, [name]: undefined })).toBe('');
    },
  );

  it.each([
    ['http://refill.example.com', /must begin with https/],
    ['https://localhost', /this machine’s own/],
    ['https://127.1', /this machine’s own/],
    ['https://0x7f000001', /this machine’s own/],
    ['https://[::1]', /this machine’s own/],
    ['https://refill', /full name/],
    ['https://localhost.', /this machine’s own/],
    ['https://10.0.0.1', /private network/],
    ['https://172.20.1.1', /private network/],
    ['https://192.168.1.9:8443', /private network/],
    ['https://refill.local', /private network/],
    ['https://refill.corp.internal', /private network/],
    ['https://user:pass@refill.example.com', /without a password/],
    ['https://refill.example.com/?a=1', /without a password/],
    ['refill.example.com', /must be an https address, or none/],
  ])('refuses an address that other people’s browsers cannot reach: %s', (url, expected) => {
    expect(faultsOf({ ...LIVE, REFILL_PUBLIC_URL: url })).toMatch(expected);
  });

  it('takes "none" for an address: then Slack comes by Socket Mode and the processor signs nothing', () => {
    const none = {
      ...LIVE,
      REFILL_PUBLIC_URL: 'none',
      STRIPE_WEBHOOK_SECRET: undefined,
      SLACK_SIGNING_SECRET: undefined,
      SLACK_APP_TOKEN: 'xapp-1',
    };
    expect(readConfig(none).live).toMatchObject({ mode: 'live', publicUrl: null });
    const byHttp = { ...none, SLACK_SIGNING_SECRET: 'secret-of-slack', SLACK_APP_TOKEN: undefined };
    expect(faultsOf(byHttp)).toMatch(/needs Socket Mode: set SLACK_APP_TOKEN/);
  });

  it('sends no secret in clear, and none to a stand-in by mistake', () => {
    expect(faultsOf({ ...LIVE, STRIPE_API_URL: 'http://10.0.0.1' })).toMatch(
      /STRIPE_API_URL must begin with https/,
    );
    expect(faultsOf({ ...LIVE, SLACK_API_URL: 'http://slack.example.com/api/' })).toMatch(
      /SLACK_API_URL must begin with https/,
    );
    expect(faultsOf({ ...LIVE, SLACK_API_URL: LOCAL.SLACK_API_URL })).toMatch(/real cards/);
    expect(faultsOf({ ...LIVE, STRIPE_API_URL: LOCAL.STRIPE_API_URL })).toMatch(
      /local stand-in, but Slack is real/,
    );
  });

  it('is the sandbox when both addresses are this machine’s own, whatever the keys', () => {
    const both = { ...SLACK, ...LOCAL, STRIPE_SECRET_KEY: 'sk_test_12345678' };
    expect(readConfig(both).live?.mode).toBe('sandbox');
    expect(readConfig({ ...both, ...STRIPE }).live?.mode).toBe('sandbox');
  });
});

describe('a .env file', () => {
  let folder: string;
  let count = 0;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'refill-env-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function read(content: string | Buffer) {
    count += 1;
    const file = path.join(folder, `${count}.env`);
    await writeFile(file, content);
    const { values, faults } = readDotEnv(file, SETTING_NAMES);
    return { values, faults: faults.map((fault) => fault.replace(`${file} `, '')) };
  }

  it('may be absent', () => {
    expect(readDotEnv(path.join(folder, 'none.env'), SETTING_NAMES)).toEqual({ values: {}, faults: [] });
  });

  it('gives its values as they were meant: quotes, blanks, comments, export, a BOM, Windows line ends', async () => {
    const content = [
      '\ufeff# comment',
      'PORT = 4000 ',
      'export REFILL_ROLE=web',
      '',
      'DATABASE_URL="postgres://a:b#c@db/x"  # the database',
      "REFILL_SECRET_KEY='it''s'".replace("''", ' '),
      'OTHER=of another program',
    ].join('\r\n');
    expect(await read(content)).toEqual({
      faults: [],
      values: {
        PORT: '4000',
        REFILL_ROLE: 'web',
        DATABASE_URL: 'postgres://a:b#c@db/x',
        REFILL_SECRET_KEY: 'it s',
        OTHER: 'of another program',
      },
    });
  });

  it.each([
    ['PORT=1\nPORT: 4000', /^line 2 is neither NAME=value/],
    ['just words', /^line 1 is neither/],
    [
      'STRIPE_WEBHOOK_SECRET=whsec_1 # ours',
      /^line 1 \(STRIPE_WEBHOOK_SECRET\): a value with # must be in quotes/,
    ],
    ['DATABASE_URL=postgres://a:b#c@db/x', /a value with #/],
    ['A="whsec_1', /quotes do not enclose/],
    ['A="x"y', /quotes do not enclose/],
    ['A=\u201cx\u201d', /curly quotes/],
    ['PORT=1\n\nPORT=2', /^line 3 sets PORT again; line 1/],
    ['REFILL_SECRETKEY=x', /^line 1: there is no setting REFILL_SECRETKEY/],
  ])('is refused with the number of the line that would be misread: %j', async (content, expected) => {
    const { faults } = await read(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });

  it.each(Object.entries(LIVE))(
    'never keeps a comment in %s, whose quotes it takes off',
    async (name, value) => {
      expect((await read(`${name}=${value} # ours`)).faults).toEqual([
        expect.stringMatching(/^line 1 .*a value with # must be in quotes/),
      ]);
      expect((await read(`${name}=${value}\t#ours`)).faults).toHaveLength(1);
      for (const quote of ['"', "'"])
        expect(await read(`${name}=${quote}${value}${quote} # ours`)).toEqual({
          faults: [],
          values: { [name]: value },
        });
    },
  );

  it('that is saved as UTF-16 is named as such, not passed over', async () => {
    for (const content of [Buffer.from('\ufeffPORT=1\n', 'utf16le'), Buffer.from('PORT=1\n', 'utf16le')])
      expect((await read(content)).faults[0]).toMatch(/save it as UTF-8/);
  });
});

describe('a secret in a file', () => {
  const SECRETS = Object.keys(LIVE).filter((name) => name !== 'REFILL_PUBLIC_URL');
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'refill-secrets-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const save = async (name: string, content: string | Buffer): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };

  it('is read from where NAME_FILE says, for every secret, from the environment or a .env file', async () => {
    const entries = await Promise.all(
      SECRETS.map(async (name) => [
        `${name}_FILE`,
        await save(name, `\ufeff${LIVE[name as keyof typeof LIVE]}\n`),
      ]),
    );
    const own = { ...Object.fromEntries(entries), REFILL_PUBLIC_URL: LIVE.REFILL_PUBLIC_URL };
    const expected = readConfig(LIVE);
    expect(readConfig(loadEnvironment(own, path.join(folder, 'none.env')))).toEqual(expected);
    const lines = Object.entries(own).map(([name, value]) => `${name}=${value}`);
    expect(readConfig(loadEnvironment({}, await save('all.env', lines.join('\n'))))).toEqual(expected);
  });

  it('that cannot be taken is named, without what it holds, and beside every other fault', async () => {
    const own = {
      ...LIVE,
      PORT: 'http',
      STRIPE_SECRET_KEY_FILE: await save('both', 'sk_live_of_the_file'),
      SLACK_BOT_TOKEN: undefined,
      SLACK_BOT_TOKEN_FILE: path.join(folder, 'nowhere'),
      REFILL_SECRET_KEY: ' ',
      REFILL_SECRET_KEY_FILE: await save('empty', ' \n'),
      DATABASE_URL: undefined,
      DATABASE_URL_FILE: await save('wide', Buffer.from('postgres://x', 'utf16le')),
    };
    const message = faultsOf(loadEnvironment(own, path.join(folder, 'none.env')));
    for (const fault of [
      /PORT must be a port number/,
      /STRIPE_SECRET_KEY and STRIPE_SECRET_KEY_FILE are both set: keep one/,
      /SLACK_BOT_TOKEN_FILE: \S+nowhere cannot be read \(ENOENT\)/,
      /REFILL_SECRET_KEY_FILE: \S+empty is empty/,
      /DATABASE_URL_FILE: \S+wide is not saved as UTF-8/,
    ])
      expect(message).toMatch(fault);
    expect(message).not.toMatch(/of_the_file/);
  });
});
