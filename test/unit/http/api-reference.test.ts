import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHtml, toMarkdown } from '../../../src/http/api/reference/blocks.ts';
import { composeErrors } from '../../../src/http/api/reference/compose-errors.ts';
import { composeReference } from '../../../src/http/api/reference/compose-reference.ts';
import { API_PROBLEMS, typeOfProblem } from '../../../src/http/problems.ts';

const blocks = composeReference();
const page = toHtml('Refill API', blocks);
const idsOf = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);

describe('the API’s reference', () => {
  it('in the docs is that of the document: npm run api-reference', () => {
    expect(readFileSync('docs/api/reference.md', 'utf8')).toBe(toMarkdown(blocks));
  });

  it('has a page of errors beside it, with every code: npm run api-reference', () => {
    const page = readFileSync('docs/api/errors.md', 'utf8');
    expect(page).toBe(toMarkdown(composeErrors()));
    for (const code of Object.keys(API_PROBLEMS)) expect(page).toContain(`| \`${code}\` |`);
  });

  it('has every code of an error where its type leads, and every name that it refers to', () => {
    const ids = idsOf(page);
    expect(new Set(ids).size).toBe(ids.length);
    for (const code of Object.keys(API_PROBLEMS) as (keyof typeof API_PROBLEMS)[])
      expect(ids).toContain(typeOfProblem(code).split('#')[1]);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  });

  it('is a page that loads nothing, and shows text as text', () => {
    expect(page).not.toMatch(/<script|<img|<link|src=|https?:/);
    expect(toHtml('<b>', [{ text: 'a `<i>` & "b"' }])).toContain(
      '<p>a <code>&#60;i&#62;</code> &#38; &#34;b&#34;</p>',
    );
  });
});
