import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dollars } from '../../../src/money.ts';
import { SUBCOMMANDS } from '../../../src/slack/commands/credits-command.ts';
import { suggestCommand } from '../../../src/slack/commands/suggest-command.ts';
import { formatAgo, formatDay, formatTime, formatZone, mentionAny } from '../../../src/slack/copy/format.ts';
import { escapeText } from '../../../src/slack/copy/mrkdwn.ts';
import { bar } from '../../../src/slack/kit/blocks.ts';
import { unbroken } from '../../../src/slack/kit/unbroken.ts';
import { emojiOf } from '../../../src/stand-ins/local-workspace/page/text/emoji.ts';

const NOW = new Date('2026-11-23T22:14:00Z');

describe('words', () => {
  it('name the zone of a time, and the year of a day only when it is another', () => {
    expect(formatTime(NOW, 'America/Los_Angeles')).toBe('2:14 PM PST');
    expect(formatDay(new Date('2026-12-01T12:00:00Z'), 'America/Los_Angeles', NOW)).toBe('Tue, Dec 1');
    expect(formatDay(new Date('2027-03-31T12:00:00Z'), 'America/Los_Angeles', NOW)).toBe('Mar 31, 2027');
  });

  it('say how long ago as people do', () => {
    expect(formatAgo(new Date(NOW.getTime() - 20_000), NOW)).toBe('just now');
    expect(formatAgo(new Date(NOW.getTime() - 61_000), NOW)).toBe('a minute ago');
    expect(formatAgo(new Date(NOW.getTime() - 12 * 60_000), NOW)).toBe('12 minutes ago');
  });

  it('name at most three people to ask', () => {
    expect(mentionAny(['A'])).toBe('<@A>');
    expect(mentionAny(['A', 'B'])).toBe('<@A> or <@B>');
    expect(mentionAny(['A', 'B', 'C', 'D'])).toBe('<@A>, <@B> or <@C>');
  });

  it('use only emoji that the local workspace draws', () => {
    const folder = new URL('../../../src/slack/', import.meta.url);
    const used = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...readFileSync(new URL(file, folder), 'utf8').matchAll(/:([a-z]+_?[a-z_]*):/g)].map(
          ([, name]) => name,
        ),
      );
    expect(used).toContain('white_check_mark');
    expect([...new Set(used)].filter((name) => emojiOf(name ?? '') === undefined)).toEqual([]);
  });

  it('show text from outside as text', () => {
    expect(escapeText('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  it.each([
    ['0', '▱▱▱▱▱▱▱▱▱▱▱▱'],
    ['0.01', '▰▱▱▱▱▱▱▱▱▱▱▱'],
    ['112.40', '▰▰▰▰▰▰▰▰▰▱▱▱'],
    ['150', '▰▰▰▰▰▰▰▰▰▰▰▰'],
  ])('draw %s of 150 as %s', (part, drawn) => {
    expect(bar(dollars(part), dollars('150'))).toBe(drawn);
  });

  it.each([
    ['adn', 'add'],
    ['ad', 'add'],
    ['balence', 'balance'],
    ['HELP', 'help'],
    ['history', 'why'],
    ['Status', 'balance'],
    ['topup', 'add'],
    ['constructor', null],
    ['lnik', 'link'],
    ['xyzzy', null],
    ['', null],
  ])('guess that %s means %s', (typed, meant) => {
    expect(suggestCommand(typed, SUBCOMMANDS)).toBe(meant);
  });

  it.each([
    ['paid with Visa •••• 4242.', 'paid with Visa_••••_4242.'],
    ['with American Express •••• 0005', 'with American_Express_••••_0005'],
    ['at 2:14 PM PST (10 minutes)', 'at 2:14_PM_PST (10 minutes)'],
    ['at 2:14 PM. Next', 'at 2:14_PM. Next'],
    ['$1,040.60 of $4,000.00 a month', '$1,040.60_of_$4,000.00 a month'],
    ['renews Tue, Dec 1, 7:14 PM', 'renews Tue,_Dec_1, 7:14_PM'],
    ['R-000123 · INV-2026-0042 · P-000001', 'R~000123_· INV~2026~0042_· P~000001'],
    ['type `/credits invoices INV-2026-0042` or May I', 'type `/credits invoices INV-2026-0042` or May I'],
  ])(
    'keep cards, times, days and numbers in one piece, and the dot between facts at the end of its line: %s',
    (text, shown) => {
      expect(unbroken(text)).toBe(shown.replaceAll('_', '\u00A0').replaceAll('~', '\u2011'));
    },
  );

  it.each([
    ['America/Los_Angeles', 'Pacific Time'],
    ['Europe/Berlin', 'Central European Time'],
    ['UTC', 'UTC'],
  ])('call the zone %s %s', (zone, name) => {
    expect(formatZone(zone)).toBe(name);
  });
});
