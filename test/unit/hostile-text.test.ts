import { describe, expect, it } from 'vitest';
import { parseBigJson } from '../../src/big-json.ts';
import { textCell } from '../../src/csv.ts';
import { formatCard } from '../../src/slack/copy/format.ts';
import { readTypedText } from '../../src/slack/kit/typed-text.ts';

/** The work of this process, in ms: what else a busy machine does is not held against it. */
function workOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('a text made to keep the app busy', () => {
  const n = 200_000;
  it.each([
    ['marks that never end', () => readTypedText(`50 ${'<@'.repeat(n)}`)],
    ['marks with names that never end', () => readTypedText(`50 ${'<@|'.repeat(n)}`)],
    ['brackets that never end', () => readTypedText(`50 ${'<'.repeat(n)}`)],
    [
      'a string that never ends',
      () => expect(() => parseBigJson(`"${'\\"'.repeat(n)}`)).toThrow(SyntaxError),
    ],
    ['quotes that never end', () => expect(() => parseBigJson('"\\"'.repeat(n))).toThrow(SyntaxError)],
    ['long digits', () => expect(() => parseBigJson(`[${'9'.repeat(n)}x`)).toThrow(SyntaxError)],
  ])('costs no more than its length: %s', (_, run) => {
    expect(workOf(run)).toBeLessThan(1_000);
  });

  it('does not change what is read from others', () => {
    expect(readTypedText('50 for <@U1|ana> & <https://a.example|a> &lt;3').plain).toBe('50 for @ana & a <3');
    expect(parseBigJson('{"a":1234567890123456789,"b":"say \\"1234567890123456789,\\"","c":[12]}')).toEqual({
      a: '1234567890123456789',
      b: 'say "1234567890123456789,"',
      c: [12],
    });
  });
});

describe('a text of the card processor’s', () => {
  it('becomes no mark and no mention in a message', () => {
    expect(formatCard({ brand: 'visa', last4: '4242' })).toMatch(/^Visa.••••.4242$/);
    const shown = formatCard({ brand: '<!channel> *x* `y`', last4: '<@U1>' });
    expect(shown).not.toMatch(/[<>*`@]/);
  });
});

describe('a cell of a file', () => {
  it.each([
    ["Li;=cmd|' /C calc'!A0;", "Li;'=cmd|' /C calc'!A0;"],
    ['a; \u200b+1', "a; \u200b'+1"],
    ['a|@x', "a|'@x"],
    ['a\t=1', "a\t'=1"],
  ])('starts no formula where a semicolon, bar or tab begins a cell: %j', (text, shown) => {
    expect(textCell(text).replace(/^"(.*)"$/, '$1')).toBe(shown);
  });
});
