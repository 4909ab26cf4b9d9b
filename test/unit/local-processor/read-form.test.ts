import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/stand-ins/local-processor/read-form.ts';

describe('reading a form as the SDK encodes it', () => {
  it('keeps plain parameters as text', () => {
    expect(readForm('amount=5000&currency=usd')).toEqual({ amount: '5000', currency: 'usd' });
  });

  it('nests what stands in brackets, and makes lists of 0, 1, 2', () => {
    expect(readForm('metadata[order]=7&metadata[a b]=x%26y&expand[0]=a.b&expand[1]=c')).toEqual({
      metadata: { order: '7', 'a b': 'x&y' },
      expand: ['a.b', 'c'],
    });
  });

  it('reads empty brackets as a list, too', () => {
    expect(readForm('expand[]=a&expand[]=b')).toEqual({ expand: ['a', 'b'] });
  });

  it('is not led into the prototype of objects', () => {
    expect(readForm('__proto__[polluted]=yes&metadata[__proto__][polluted]=yes&amount=1')).toEqual({
      amount: '1',
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
