import { expect, test } from 'vitest';
import type { Flow, Inline } from '../../../../src/stand-ins/local-workspace/page/text/inline.ts';
import { parseMarkdown } from '../../../../src/stand-ins/local-workspace/page/text/markdown.ts';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const paragraph = (...children: Inline[]): Flow => ({ kind: 'paragraph', children });

test('headings, rules and paragraphs', () => {
  expect(parseMarkdown('## Result\nA **b** *c* ~~d~~\n\n---\nend')).toEqual([
    { kind: 'heading', level: 2, children: [text('Result')] },
    paragraph(
      text('A '),
      { kind: 'bold', children: [text('b')] },
      text(' '),
      { kind: 'italic', children: [text('c')] },
      text(' '),
      { kind: 'strike', children: [text('d')] },
    ),
    { kind: 'rule' },
    paragraph(text('end')),
  ]);
});

test('lists keep their numbers and nest', () => {
  expect(parseMarkdown('3. one\n4. two\n   - deep')).toEqual([
    {
      kind: 'list',
      ordered: true,
      start: 3,
      items: [
        [paragraph(text('one'))],
        [
          paragraph(text('two')),
          { kind: 'list', ordered: false, start: 1, items: [[paragraph(text('deep'))]] },
        ],
      ],
    },
  ]);
});

test('tables know how their columns are aligned', () => {
  expect(parseMarkdown('| a | b |\n|---|--:|\n| 1 | 2 |')).toEqual([
    {
      kind: 'grid',
      head: [[text('a')], [text('b')]],
      aligns: ['left', 'right'],
      rows: [[[text('1')], [text('2')]]],
    },
  ]);
});

test('fences and quotes', () => {
  expect(parseMarkdown('```js\nlet *x*\n```\n> said\n> so')).toEqual([
    { kind: 'pre', text: 'let *x*' },
    { kind: 'quote', children: [paragraph(text('said'), { kind: 'break' }, text('so'))] },
  ]);
});

test('words with underscores and links of odd kinds stay words', () => {
  expect(parseMarkdown('snake_case_name [x](javascript:alert(1))')).toEqual([
    paragraph(text('snake_case_name [x](javascript:alert(1))')),
  ]);
});
