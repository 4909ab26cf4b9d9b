import { describe, expect, it } from 'vitest';
import { hashParams } from '../../../src/stand-ins/local-processor/idempotency.ts';
import { html } from '../../../src/stand-ins/local-processor/pages/html.ts';

describe('comparing parameters under one key', () => {
  it('does not mind the order in which they were sent', () => {
    expect(hashParams({ a: '1', metadata: { x: '1', y: '2' } })).toBe(
      hashParams({ metadata: { y: '2', x: '1' }, a: '1' }),
    );
  });

  it('minds every value, at any depth', () => {
    expect(hashParams({ metadata: { x: '1' } })).not.toBe(hashParams({ metadata: { x: '2' } }));
    expect(hashParams({ expand: ['a', 'b'] })).not.toBe(hashParams({ expand: ['b', 'a'] }));
  });
});

describe('markup', () => {
  it('escapes whatever is put into it, in text and in attributes', () => {
    const name = `<script>"&'`;
    expect(html`<p title="${name}">${name}</p>`.markup).toBe(
      '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
    );
  });

  it('keeps markup that was made by itself, and leaves nothing for false', () => {
    expect(html`<ul>${[html`<li>1</li>`, html`<li>2</li>`]}</ul>${false}`.markup).toBe(
      '<ul><li>1</li><li>2</li></ul>',
    );
  });
});
