import { describe, expect, it } from 'vitest';
import { type SharingState, suggestChoice } from '../../../src/billing/index.ts';
import { describeEffects } from '../../../src/billing/sharing/plan-sharing.ts';
import { describeReview } from '../../../src/billing/sharing/review-sharing.ts';
import { dollars } from '../../../src/money.ts';
import { sharingCopy } from '../../../src/slack/copy/sharing.ts';
import { readSharingForm } from '../../../src/slack/features/sharing/read-sharing-form.ts';
import { sharingForm, sharingReview } from '../../../src/slack/features/sharing/sharing-form.ts';
import { faultsOfView, viewTooLarge } from '../../../src/stand-ins/local-workspace/blocks/index.ts';

const HOSTILE = '<!channel> & *Co* `x` '.repeat(12);
const ON = { isOn: true, threshold: dollars('5'), amount: dollars('50'), cap: dollars('500') };

function state(count: number, sharing: SharingState['sharing']): SharingState {
  const wallet = (walletId: number) => ({
    walletId: BigInt(walletId),
    general: dollars('100.123456'),
    debt: dollars('0'),
    free: dollars('100.123456'),
    bundles: dollars('0'),
    recharge: ON,
    pausedFor: null,
    pausedMicros: null,
    lowBelow: dollars('5'),
  });
  const office = (id: number) => ({
    ...wallet(id),
    office: { id: BigInt(id), name: `${id} ${HOSTILE}`, isPrimary: id === 1, country: 'US' },
    used: dollars(`${id}`),
  });
  return {
    company: {
      id: 1n,
      name: HOSTILE,
      timeZone: 'UTC',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled: sharing === 'company',
      state: 'active',
      retentionMonths: null,
      purchaseLimits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500') },
      approvalLimits: { own: dollars('300'), operator: null },
    },
    sharing,
    pool: wallet(9_999),
    offices: [office(1), ...Array.from({ length: count - 1 }, (_, index) => office(index + 2))],
    poolSubscriptions: [{ id: 1n, name: HOSTILE }],
    approvals: 1,
    requests: 2,
    waiting: 1,
    underWay: [],
    buyers: {
      companyAdmins: ['UANA'],
      officeAdmins: Array.from({ length: count }, (_, index) => ({
        officeId: BigInt(index + 1),
        userIds: ['ULI', 'UMARCO'],
      })),
    },
  };
}

describe('the modals of credit sharing', () => {
  it.each([1, 2, 6, 7, 20, 21, 300, 950])('are ones that Slack takes with %i offices', (count) => {
    for (const sharing of ['per_office', 'company'] as const) {
      const before = state(count, sharing);
      const choice = suggestChoice(before, sharing === 'company' ? 'per_office' : 'company');
      for (const view of [
        sharingForm({ token: 't', state: before, choice }),
        sharingReview(describeReview(before, choice, 't'), 'Something changed.'),
      ]) {
        expect(faultsOfView(view, 'modal')).toEqual([]);
        expect(viewTooLarge(view)).toBe(false);
      }
    }
  });

  it('keep what a field that is not there was filled in with, so that nobody loses auto-recharge by a lost field', () => {
    const before = state(30, 'company');
    const shown = suggestChoice(before, 'per_office');
    expect(readSharingForm({}, before, shown)).toEqual({ choice: shown });
    const unticked = readSharingForm({ is_on: { is_on: { selected_options: [] } } }, before, shown);
    expect('choice' in unticked && unticked.choice.wallets.some(({ isOn }) => isOn)).toBe(false);
  });
});

it('R5: the review says of auto-recharge whether it adds a multiple of its amount, and what is charged at once', () => {
  const before = state(1, 'per_office');
  before.offices[0] = { ...before.offices[0], recharge: { ...ON, fills: true }, debt: dollars('330') };
  const choice = suggestChoice(before, 'company');
  const said = sharingCopy.reviewLines(describeReview(before, choice, 't')).join('\n');
  expect(said).toContain('$50.00, or a multiple of it, when below $5.00');
  // $129.75 are owed: three times the amount.
  expect(said).toContain('up to $150.00');
  const once = { ...choice, wallets: choice.wallets.map((wallet) => ({ ...wallet, fills: false })) };
  expect(sharingCopy.reviewLines(describeReview(before, once, 't')).join('\n')).not.toMatch(
    /multiple|up to \$150/,
  );
  // The modal does not ask for it, so it stays as it was filled in.
  expect(readSharingForm({}, before, choice)).toEqual({ choice });
});

it('R5: pool settings are suggested by the highest and the sum, at most the approval limit; an office’s by its part', () => {
  const pooling = suggestChoice(state(3, 'per_office'), 'company').wallets[0];
  expect([pooling?.threshold, pooling?.amount, pooling?.cap].map(String)).toEqual(['5', '50', '300']);
  const before = state(3, 'company');
  const dealing = suggestChoice(before, 'per_office');
  expect(dealing.wallets.map(({ cap }) => String(cap))).toEqual(['166.66', '166.66', '166.66']);
  // 100.123456 by 1 : 2 : 3, whole cents; the primary office takes what remains.
  expect(dealing.shares.map(({ amount }) => String(amount))).toEqual(['33.37', '50.06']);
  expect(String(describeEffects(before, dealing)[0]?.moves.general)).toBe('16.693456');
});
