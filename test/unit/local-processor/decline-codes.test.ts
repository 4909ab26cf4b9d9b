import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ADVICE_CODES,
  DECLINE_CODES,
  declineOf,
} from '../../../src/stand-ins/local-processor/decline-codes.ts';

/** A file of the SDK's types. */
const typesOf = (resource: string): string =>
  readFileSync(`node_modules/stripe/esm/resources/${resource}.d.ts`, 'utf8');

/** The values of a union type of the SDK. */
function unionOf(types: string, name: string): string[] {
  const union = new RegExp(`type ${name} = ([^;]+);`, 'g');
  return [...types.matchAll(union)].flatMap(([, values = '']) =>
    [...values.matchAll(/'([^']+)'/g)].map(([, value = '']) => value),
  );
}

describe('a bank’s refusal', () => {
  it('comes under an error code that the SDK’s types know', () => {
    const known = unionOf(typesOf('PaymentIntents'), 'Code');
    expect(DECLINE_CODES.map((code) => declineOf(code).code).filter((code) => !known.includes(code))).toEqual(
      [],
    );
  });

  it('gives all the advice that the SDK’s types know, and no other', () => {
    expect([...ADVICE_CODES].toSorted()).toEqual(unionOf(typesOf('Charges'), 'AdviceCode').toSorted());
    for (const types of [typesOf('PaymentIntents'), typesOf('Charges')])
      expect(types).toContain('advice_code');
  });
});
