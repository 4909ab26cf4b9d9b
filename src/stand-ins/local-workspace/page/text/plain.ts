import { emojiOf } from './emoji.ts';
import type { Inline } from './inline.ts';

function wordsAndEmoji(line: string): Inline[] {
  return line.split(/(:[a-z0-9_+-]+:)/).flatMap((part): Inline[] => {
    const name = /^:([a-z0-9_+-]+):$/.exec(part)?.[1];
    const unicode = name === undefined ? undefined : emojiOf(name);
    if (name !== undefined && unicode !== undefined) return [{ kind: 'emoji', name, unicode }];
    return part === '' ? [] : [{ kind: 'text', text: part }];
  });
}

/** The nodes of a plain_text object: words, line breaks and emoji shortcodes, nothing else. */
export const parsePlain = (text: string): Inline[] =>
  text
    .split('\n')
    .flatMap((line, index): Inline[] => [
      ...(index > 0 ? [{ kind: 'break' as const }] : []),
      ...wordsAndEmoji(line),
    ]);
