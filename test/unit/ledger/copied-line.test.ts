import { describe, expect, it } from 'vitest';
import { readCopiedLine } from '../../../src/ledger/stream-usage.ts';

describe('a line of COPY', () => {
  it.each<[string, (string | null)[]]>([
    ['a\tb\t', ['a', 'b', '']],
    ['a\t\\N\tb', ['a', null, 'b']],
    ['a\\tb\tc\\nd\\re', ['a\tb', 'c\nd\re']],
    ['C:\\\\new\t\\\\N', ['C:\\new', '\\N']],
    ['\\b\\f\\v', ['\b\f\v']],
    ['Zürich 東京 🙂', ['Zürich 東京 🙂']],
  ])('reads %j', (line, fields) => {
    expect(readCopiedLine(line)).toEqual(fields);
  });
});
