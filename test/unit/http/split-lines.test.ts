import { describe, expect, it } from 'vitest';
import { splitLines } from '../../../src/http/split-lines.ts';

const MAX = 64 * 1024;

async function* stream(...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
async function linesOf(chunks: (string | Buffer)[], maxBlank = 0): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(stream(...chunks), maxBlank)) lines.push(line);
  return lines;
}

describe('the lines of a body', () => {
  it.each<[what: string, chunks: string[], lines: string[]]>([
    ['of one chunk', ['a\nb\n'], ['a', 'b']],
    ['of many', ['a', 'a\nb', 'b', 'b\nc\n'], ['aa', 'bbb', 'c']],
    ['without an end of the last', ['a\nb', 'b'], ['a', 'bb']],
    ['with ends as Windows writes them', ['a\r', '\nb\r\n'], ['a', 'b']],
    ['with a mark at the beginning, which is no part of the first', ['\ufeffa\n\ufeffb\n'], ['a', 'b']],
    ['of nothing', [], []],
    ['of a last one that is blank', ['a\n  '], ['a']],
  ])('%s', async (_, chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines);
  });

  it('keep a letter whose bytes come in two chunks', async () => {
    const bytes = Buffer.from('Zürich\n');
    expect(await linesOf([bytes.subarray(0, 2), bytes.subarray(2)])).toEqual(['Zürich']);
  });

  it('may have 64 KB each, however they come; one of more is refused by its number', async () => {
    const [longest, longer] = ['x'.repeat(MAX), 'x'.repeat(MAX + 1)];
    expect(await linesOf([`${longest}\n`, longest.slice(1), 'x\n', longest])).toEqual(Array(3).fill(longest));
    const refused = (line: number) => ({
      code: 'body-too-large',
      message: `Line ${line} has more than 65536 bytes. Nothing of the request was taken.`,
    });
    await expect(linesOf([`a\n${longer}\n`])).rejects.toMatchObject(refused(2));
    await expect(linesOf([longest, 'x\n'])).rejects.toMatchObject(refused(1));
    await expect(linesOf(['a\nb\n', longest, 'x'])).rejects.toMatchObject(refused(3));
  });

  it('may be blank so often, and not once more', async () => {
    expect(await linesOf(['\na\n \n'], 2)).toEqual(['a']);
    await expect(linesOf(['\na\n \n\n'], 2)).rejects.toMatchObject({ code: 'body-too-large' });
  });
});
