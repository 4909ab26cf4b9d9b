import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priceTraffic } from '../../../src/cli/rates/price-lines.ts';

const NOW = new Date('2026-11-14T09:30:00Z');
const DECK = [
  'Direction,Origin,Dest Prefix,Destination,Price per Minute,First Increment,Next Increment,Connection Fee,Effective Date',
  'outbound,,44,UK,0.02,60,60,,2026-01-01',
  'outbound,,4420,London,0.01,60,60,,2026-01-01',
  'outbound,,4420,London,0.03,60,60,,2026-12-01',
].join('\n');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-rates-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const fileOf = async (name: string, content: string | Buffer): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
};

async function price(lines: readonly unknown[], deck: string | Buffer = DECK, samplePrices = true) {
  const notes: string[] = [];
  const answers: Record<string, unknown>[] = [];
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await priceTraffic(
    { deck: await fileOf('deck.csv', deck), samplePrices },
    {
      input: Readable.from([text]),
      answer: async (answer) => void answers.push(answer),
      notes: (note) => notes.push(note),
    },
    NOW,
  );
  return { answers, notes };
}

const LONDON = {
  to: '+44 20 7946 0000',
  from: '+1 415 555 0100',
  direction: 'outbound',
  answered_at: '2026-11-14T09:30:00Z',
  duration_seconds: 11.99,
  licence: 'talk',
  office_country: 'US',
};

describe('refill rates price', () => {
  it('answers a call with cost, billed seconds, prefix, category and explanation', async () => {
    expect((await price([LONDON])).answers).toEqual([
      {
        line: 1,
        cost: '0.0100',
        billed_seconds: 60,
        matched_prefix: '4420',
        category: 'international',
        quantity: 1,
        explanation: '+44 20, $0.0100/min, 12 s billed as 60 s',
      },
    ]);
  });

  it('applies the row that was in force when the call was answered', async () => {
    const at = (answered_at: string) => ({ ...LONDON, answered_at });
    const { answers } = await price([
      at('2025-12-31T23:59:59Z'),
      at('2026-11-30T23:59:59Z'),
      at('2026-12-01T00:00:00Z'),
    ]);
    expect(answers.map(({ cost, reason, matched_prefix: prefix }) => cost ?? reason ?? prefix)).toEqual([
      'no-deck',
      '0.0100',
      '0.0300',
    ]);
  });

  it('tells texts, faxes and conversations by what they carry', async () => {
    const { answers, notes } = await price([
      { ...LONDON, to: '+12125550100', text: 'x'.repeat(161) },
      { ...LONDON, to: '+12125550100', kind: 'mms', recipients: 2 },
      { direction: 'inbound', from: '+12125550100', pages: 3 },
      { direction: 'inbound', responded: true },
      { direction: 'inbound', responded: false },
      { direction: 'inbound', from: '22395', to: '+14155550100', text: 'Your code' },
    ]);
    expect(answers.map(({ cost, category }) => `${cost} ${category}`)).toEqual([
      '0.0160 sms',
      '0.0400 mms',
      '0.1500 fax',
      '0.5000 ai_conversation',
      '0.0000 ai_conversation',
      '0.0080 sms',
    ]);
    expect(notes).toEqual(['sample prices stand in for: toll_free, local, sms, mms, fax, ai_conversation']);
  });

  it('without sample prices it has only what the deck says', async () => {
    const { answers } = await price([{ ...LONDON, text: 'Hello' }], DECK, false);
    expect(answers).toEqual([
      { line: 1, error: 'no outbound SMS rate covers +442079460000 from US', reason: 'no-rate' },
    ]);
  });

  it('knows a toll-free line by its number, and an unanswered call by its null', async () => {
    const { answers } = await price([
      { ...LONDON, direction: 'inbound', from: '+442079460000', to: '+18005550100', duration_seconds: 61 },
      { ...LONDON, answered_at: null, duration_seconds: 0 },
    ]);
    expect(answers).toMatchObject([
      { cost: '0.0400', category: 'toll_free', billed_seconds: 120 },
      { cost: '0.0000', category: 'international', billed_seconds: 0, explanation: 'free: not answered' },
    ]);
  });

  it('refuses a bad line in words and goes on', async () => {
    const { answers } = await price([
      '{"to": ',
      '',
      '[1]',
      { ...LONDON, direction: 'sideways', duration_seconds: -1 },
      { ...LONDON, to: '020 7946 0000' },
      { ...LONDON, answered_at: 'yesterday' },
      { ...LONDON, licence: 'gold' },
      { ...LONDON, office_country: 'XX' },
      { ...LONDON, to: 442079460000 },
      { ...LONDON, duration_seconds: null },
      { ...LONDON, duration_seconds: 'long' },
      LONDON,
    ]);
    expect(answers.map(({ error, cost }) => error ?? cost)).toEqual([
      'line 1: this is not a JSON object',
      'line 3: this is not a JSON object',
      'line 4: direction is inbound or outbound; duration_seconds is less than nothing',
      'line 5: "020 7946 0000" has no country code: write it like +14155550100',
      'line 6: answered_at is not a time like 2026-11-14T09:30:00Z',
      'line 7: licence "gold" is not in the table of licences',
      'line 8: office_country "XX" is no country: write its two letters, like US',
      'line 9: to is a number as text, like "+14155550100"',
      'line 10: duration_seconds is missing from an answered call',
      'line 11: duration_seconds is not a number of seconds',
      '0.0100',
    ]);
  });

  it('refuses a bad deck, naming each bad row', async () => {
    await expect(price([LONDON], 'prefix,rate\n44x,0.01\n33,\n')).rejects.toThrow(
      'deck.csv cannot be used:\n  line 2: the prefix "44x"',
    );
    const missing = priceTraffic(
      { deck: path.join(folder, 'none.csv'), samplePrices: true },
      { input: Readable.from([]), answer: async () => {}, notes: () => {} },
      NOW,
    );
    await expect(missing).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('says which rates stand out, and prices with them', async () => {
    const { answers, notes } = await price([LONDON], 'prefix,rate\n44,25\n', false);
    expect(notes).toEqual(['line 2: the rate $25 is above $10; importing it takes --force']);
    expect(answers).toMatchObject([{ cost: '25.0000' }]);
  });

  it('reads what spreadsheets save: UTF-16, and the Windows code page', async () => {
    const text = 'prefix\trate\tdestination\n44\t0.02\tCôte\n';
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    for (const bytes of [utf16, Buffer.from(text, 'latin1')])
      expect((await price([LONDON], bytes)).answers).toMatchObject([{ cost: '0.0200' }]);
  });

  it('runs as a command, with no database anywhere', async () => {
    const deck = await fileOf('command.csv', DECK);
    const printed = await new Promise<string>((resolve, reject) => {
      const child = execFile(
        process.execPath,
        ['dist/cli/index.js', 'rates', 'price', '--deck', deck],
        { env: { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } },
        (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
      );
      child.stdin?.end(`${JSON.stringify(LONDON)}\n`);
    });
    expect(JSON.parse(printed)).toMatchObject({ line: 1, cost: '0.0100' });
  });
});
