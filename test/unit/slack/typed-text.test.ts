import { describe, expect, it } from 'vitest';
import { readTypedText, splitCommand } from '../../../src/slack/kit/typed-text.ts';

describe('what is typed after a command', () => {
  it.each([
    ['usage R&amp;D', 'usage R&D'],
    ['usage R&D', 'usage R&D'],
    ['add &lt;50&gt;', 'add <50>'],
    ['usage &amp;amp;', 'usage &amp;'],
    ['request 50 for <#C0123|fair>', 'request 50 for #fair'],
    ['request for <!subteam^S0123|@sales> and <!here>', 'request for @sales and @here'],
    ['usage <http://booking.com|booking.com>', 'usage booking.com'],
    ['request see <https://example.com/a?b=1&amp;c>', 'request see https://example.com/a?b=1&c'],
    ['request <mailto:ana@example.com|ana@example.com>', 'request ana@example.com'],
    ['  usage\u00a0 last  month ', 'usage last month'],
    ['request <b', 'request <b'],
  ])('is read as it was typed: %s', (raw, plain) => {
    expect(readTypedText(raw).plain).toBe(plain);
  });

  // BR-11
  it.each([
    ['usage R&amp;D', 'R&D'],
    ['usage “London”', 'London'],
    ['usage "London"', 'London'],
    ['usage „London“', 'London'],
    ['usage «last month»', 'last month'],
    ['usage *London*', 'London'],
    ['usage _*London*_', 'London'],
    ['usage `London`', 'London'],
    ['usage last month.', 'last month'],
    ['usage “last month.”', 'last month'],
    ['usage 2026\u201111', '2026-11'],
    ['usage <#C0123|london>', '#london'],
    ['usage <!subteam^S0123|@sales>', '@sales'],
    ['usage <http://booking.com|booking.com>', 'booking.com'],
    ['usage \u202ALondon\u202C\u200B', 'London'],
    ['usage\u00a0last\u00a0month', 'last month'],
    ['add “50”', '50'],
    ['add 12.50.', '12.50.'],
    ['add 50.', '50'],
    ['request “50” for the “fair”', '50 for the “fair”'],
    ['request We need it. Thanks.', 'We need it. Thanks.'],
    ['request “Ana” and “Ben”', '“Ana” and “Ben”'],
    ['usage "', '"'],
    ['usage “”', '“”'],
  ])('is understood as people and keyboards mark it: %s', (raw, plain) => {
    expect(splitCommand(readTypedText(raw)).rest.plain).toBe(plain);
  });

  it('names people by their ids, each once, and leaves them out of the words', () => {
    expect(readTypedText('usage <@U0PRIYA001|priya> november <@W0LI000001> <@U0PRIYA001>')).toEqual({
      plain: 'usage @priya november @W0LI000001 @U0PRIYA001',
      withoutPeople: 'usage november',
      userIds: ['U0PRIYA001', 'W0LI000001'],
    });
  });

  it('is a subcommand and the rest', () => {
    const { subcommand, rest } = splitCommand(readTypedText('usage <@U0PRIYA001|priya> R&amp;D'));
    expect(subcommand).toBe('usage');
    expect(rest).toMatchObject({ plain: '@priya R&D', withoutPeople: 'R&D' });
    expect(splitCommand(readTypedText(''))).toMatchObject({ subcommand: '', rest: { plain: '' } });
  });
});
