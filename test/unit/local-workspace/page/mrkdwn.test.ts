import { describe, expect, test } from 'vitest';
import {
  type Flow,
  type Inline,
  plainText,
} from '../../../../src/stand-ins/local-workspace/page/text/inline.ts';
import { parseInline, parseMrkdwn } from '../../../../src/stand-ins/local-workspace/page/text/mrkdwn.ts';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const bold = (...children: Inline[]): Inline => ({ kind: 'bold', children });
const paragraph = (...children: Inline[]): Flow => ({ kind: 'paragraph', children });

describe('marks of mrkdwn', () => {
  test.each<[string, Inline[]]>([
    ['*bold*', [bold(text('bold'))]],
    ['_italic_', [{ kind: 'italic', children: [text('italic')] }]],
    ['~gone~', [{ kind: 'strike', children: [text('gone')] }]],
    ['`a *b* c`', [{ kind: 'code', text: 'a *b* c' }]],
    ['*bold _and italic_*', [bold(text('bold '), { kind: 'italic', children: [text('and italic')] })]],
    ['✅ *$100.00* of credits', [text('✅ '), bold(text('$100.00')), text(' of credits')]],
    ['(*a*)', [text('('), bold(text('a')), text(')')]],
  ])('%s', (source, nodes) => {
    expect(parseInline(source)).toEqual(nodes);
  });

  test.each(['2*3*4', 'snake_case_name', '* not bold *', '*open', '*over\nlines*', '~ ~', '**', 'a ` b'])(
    '%j is no mark and stays as written',
    (source) => {
      expect(plainText(parseInline(source)).replaceAll(' ', '')).toBe(source.replaceAll(/[ \n]/g, ''));
      expect(parseInline(source).every((node) => node.kind === 'text' || node.kind === 'break')).toBe(true);
    },
  );

  test('line breaks are kept', () => {
    expect(parseInline('a\nb')).toEqual([text('a'), { kind: 'break' }, text('b')]);
  });

  test('emoji shortcodes of the common kind become characters, others stay', () => {
    expect(parseInline(':wave: at 10:30:15 :nope:')).toEqual([
      { kind: 'emoji', name: 'wave', unicode: '👋' },
      text(' at 10:30:15 :nope:'),
    ]);
  });
});

describe('what stands between angle brackets', () => {
  test.each<[string, Inline]>([
    ['<@U012AB>', { kind: 'user', id: 'U012AB' }],
    ['<@U012AB|ana>', { kind: 'user', id: 'U012AB' }],
    ['<#C0PHONE>', { kind: 'channel', id: 'C0PHONE', name: null }],
    ['<#C0PHONE|phone>', { kind: 'channel', id: 'C0PHONE', name: 'phone' }],
    ['<!here>', { kind: 'broadcast', range: 'here' }],
    [
      '<https://a.example/?x=1&amp;y=2|the page>',
      { kind: 'link', url: 'https://a.example/?x=1&y=2', children: [text('the page')] },
    ],
    [
      '<https://a.example>',
      { kind: 'link', url: 'https://a.example', children: [text('https://a.example')] },
    ],
    [
      '<mailto:a@b.example|a@b.example>',
      { kind: 'link', url: 'mailto:a@b.example', children: [text('a@b.example')] },
    ],
    [
      '<!date^1392734382^{date_short} at {time}^https://a.example|Feb 18, 2014>',
      {
        kind: 'date',
        epochSeconds: 1_392_734_382,
        format: '{date_short} at {time}',
        url: 'https://a.example',
        fallback: 'Feb 18, 2014',
      },
    ],
  ])('%s', (source, node) => {
    expect(parseInline(source)).toEqual([node]);
  });

  test.each(['<javascript:alert(1)|click>', '<data:text/html,x>', '<not a link>', '<>'])(
    '%s never becomes a link',
    (source) => {
      expect(parseInline(source)).toEqual([text(source)]);
    },
  );

  test('a mark may go around a link, but not end inside it', () => {
    expect(parseInline('*<https://a.example/*b*|x>*')).toEqual([
      bold({ kind: 'link', url: 'https://a.example/*b*', children: [text('x')] }),
    ]);
  });
});

describe('escaping', () => {
  test('only the three escaped characters are undone, and once', () => {
    expect(parseInline('1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt; &quot;')).toEqual([
      text('1 < 2 && 3 > 2 &lt; &quot;'),
    ]);
  });

  test('markup of HTML stays words', () => {
    expect(parseMrkdwn('&lt;img src=x onerror=alert(1)&gt;')).toEqual([
      paragraph(text('<img src=x onerror=alert(1)>')),
    ]);
  });
});

describe('flows', () => {
  test('fences hold their text as it is; what is around them goes on', () => {
    expect(parseMrkdwn('before\n```\n*a*\n  b\n```\nafter')).toEqual([
      paragraph(text('before'), { kind: 'break' }),
      { kind: 'pre', text: '*a*\n  b' },
      paragraph(text('after')),
    ]);
  });

  test('an unclosed fence is text', () => {
    expect(parseMrkdwn('a ```b')).toEqual([paragraph(text('a ')), paragraph(text('```b'))]);
  });

  test('lines that begin with > are one quote, escaped or not', () => {
    expect(parseMrkdwn('&gt; one\n> two\nthree')).toEqual([
      { kind: 'quote', children: [paragraph(text('one'), { kind: 'break' }, text('two'))] },
      paragraph(text('three')),
    ]);
  });
});
