import { describe, expect, it } from 'vitest';
import {
  BEHAVIOUR_CHOICES,
  BEHAVIOURS,
  decideCharge,
} from '../../../src/stand-ins/local-processor/behaviour.ts';
import { describeCard, passesLuhn, TEST_CARDS } from '../../../src/stand-ins/local-processor/test-cards.ts';

describe('what becomes of a charge', () => {
  it('is up to the card while the switch says approve', () => {
    expect(decideCharge('approve', 'approve', false)).toEqual({ kind: 'paid', isSilent: false });
    expect(decideCharge('approve', 'decline-later', false)).toMatchObject({ kind: 'declined' });
    expect(decideCharge('approve', 'authenticate-always', false)).toEqual({ kind: 'needs-authentication' });
    expect(decideCharge('approve', 'timeout-after-charge', false)).toEqual({ kind: 'paid', isSilent: true });
  });

  it('is up to the switch, whatever the card, otherwise', () => {
    expect(decideCharge('decline', 'approve', false)).toMatchObject({
      decline: { code: 'card_declined', declineCode: 'insufficient_funds' },
    });
    expect(decideCharge('expired', 'decline-later', false)).toMatchObject({
      decline: { code: 'expired_card' },
    });
    expect(decideCharge('timeout-before-charge', 'approve', false)).toEqual({ kind: 'silent' });
  });

  it('is paid once the holder has satisfied the bank', () => {
    expect(decideCharge('needs-action', 'approve', true)).toEqual({ kind: 'paid', isSilent: false });
    expect(decideCharge('approve', 'authenticate-once', true)).toEqual({ kind: 'paid', isSilent: false });
  });

  it('has words for every position of the switch', () => {
    expect(BEHAVIOUR_CHOICES.map((choice) => choice.value)).toEqual([...BEHAVIOURS]);
  });
});

describe('test cards', () => {
  it('have valid numbers, each once, each with its own token', () => {
    expect(TEST_CARDS.filter((card) => !passesLuhn(card.number))).toEqual([]);
    expect(new Set(TEST_CARDS.map((card) => card.number)).size).toBe(TEST_CARDS.length);
    expect(new Set(TEST_CARDS.map((card) => card.token)).size).toBe(TEST_CARDS.length);
  });

  it('always have the same fingerprint for the same number, and never show more than the last four', () => {
    const fingerprints = TEST_CARDS.map((card) => describeCard(card, { month: 1, year: 2030 }).fingerprint);
    expect(new Set(fingerprints).size).toBe(TEST_CARDS.length);
    const shown = TEST_CARDS.map((card) => JSON.stringify(describeCard(card, { month: 2, year: 2031 })));
    expect(shown.map((text, index) => text.includes(TEST_CARDS[index]?.number ?? ''))).not.toContain(true);
    expect(shown.every((text, index) => text.includes(fingerprints[index] ?? '?'))).toBe(true);
  });
});
