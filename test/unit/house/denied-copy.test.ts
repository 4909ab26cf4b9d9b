import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import denied from '../../house/denied-copy.json' with { type: 'json' };
import { isNode, type Node } from '../../proofs/mutants/syntax-tree.ts';

/** Where text stands that people read in Slack. */
const FOLDERS = ['src/slack/copy'];
/** Where the API describes itself, and the phrases that are denied there, too. */
const API_FOLDER = 'src/http/api';
const DENIED_IN_API = ['by itself', 'is told', 'nobody', 'unless told', 'whoever'];

/** A literal that is a key or a code, and no text. */
const KEY = /^[a-z_-]+$/;

const phrases = Object.entries(denied).map(([phrase, better]) => ({
  phrase,
  better,
  pattern: new RegExp(`(?<![\\w’])${phrase.replace(/ /g, '\\s+')}(?![\\w’])`, 'i'),
}));

/** The pieces of text of a source: string literals, and what stands between the placeholders of templates. */
function textsOf(source: string): string[] {
  const texts: string[] = [];
  const walk = (node: Node): void => {
    if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return;
    if (node.type === 'Literal' && typeof node.value === 'string' && !KEY.test(node.value))
      texts.push(node.value);
    if (node.type === 'TemplateElement') texts.push((node.value as unknown as { cooked: string }).cooked);
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child);
  };
  walk(parseSync('copy.ts', source).program as unknown as Node);
  return texts;
}

const listSources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));

/** Each text with a denied phrase, with what to say instead. */
function findDenied(source: string, only?: readonly string[]): string[] {
  return textsOf(source).flatMap((text) =>
    phrases
      .filter(({ phrase }) => only?.includes(phrase) !== false)
      .filter(({ pattern }) => pattern.test(text))
      .map(({ phrase, better }) => `"${text}": not “${phrase}” but “${better}”`),
  );
}

describe('copy', () => {
  it('has none of the denied phrases, in any variant of any text', () => {
    const files = FOLDERS.flatMap(listSources);
    expect(files.length).toBeGreaterThan(20);
    const found = files.flatMap((file) =>
      findDenied(readFileSync(file, 'utf8')).map((fault) => `${file}: ${fault}`),
    );
    expect(found).toEqual([]);
  });

  it('the API describes itself without them', () => {
    const files = listSources(API_FOLDER);
    expect(files.length).toBeGreaterThan(10);
    const found = files.flatMap((file) =>
      findDenied(readFileSync(file, 'utf8'), DENIED_IN_API).map((fault) => `${file}: ${fault}`),
    );
    expect(found).toEqual([]);
  });

  it('a denied phrase is found in a text and in a template, and in no name or comment', () => {
    const source = "/* the bundle lapses */ const lapses = [`It lapses`, 'Start  again'];";
    expect(findDenied(source)).toEqual([
      '"It lapses": not “lapses” but “expires”',
      '"Start  again": not “start again” but “Restart …, Try again”',
    ]);
  });
});
