import { expect, it } from 'vitest';
import type { NoticeFacts } from '../../../src/notices/index.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';

const AT = new Date(0).toISOString();
const FACTS = {
  kind: 'surprise',
  token: '1',
  officeName: 'New York',
  part: 'office',
  value: '',
  rule: 'new_office',
  amount: '1.945',
  calls: 2,
  usual: null,
  from: AT,
  to: AT,
  since: AT,
  timeZone: 'UTC',
  spenders: [
    { name: 'Li', amount: '1.1625' },
    { name: 'Mia', amount: '0.7825' },
  ],
  expectedByUserId: null,
  mutedUntil: null,
  pausedByUserId: null,
} satisfies NoticeFacts;

it('names spenders whose amounts come to the sum', () => {
  expect(renderNotice(FACTS).text).toMatch(/spent \$1\.95 [\s\S]*Li \$1\.17 · Mia \$0\.78$/);
});

it.each([true, false])('offers to pause auto-recharge where it is on: %s', (isRechargeOn) => {
  const text = visibleText(renderNotice({ ...FACTS, isRechargeOn }).blocks);
  expect(text.includes('Pause auto-recharge')).toBe(isRechargeOn);
});

it.each([
  [undefined, /<@UANA> paused auto-recharge\. A company admin can resume it/],
  ['resumed', /<@UANA> paused auto-recharge, and it is on again\.$/],
  ['off', /<@UANA> paused auto-recharge\. It is off now\.$/],
] as const)('R27.8: says how a pause ended: %s', (pauseEnd, said) => {
  expect(renderNotice({ ...FACTS, pausedByUserId: 'UANA', pauseEnd }).text).toMatch(said);
});
