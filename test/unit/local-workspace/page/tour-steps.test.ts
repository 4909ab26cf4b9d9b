import { expect, it } from 'vitest';
import { purchaseCopy } from '../../../../src/slack/copy/index.ts';
import { tourSteps } from '../../../../src/stand-ins/local-workspace/page/simulator/tour-steps.ts';

const stepsDoneBy = (title: string): string[] =>
  tourSteps.filter(({ isDone }) => isDone({ kind: 'modal', title })).map(({ id }) => id);

it('the tour ticks off a purchase once its credits were added, and a decline once the payment was declined', () => {
  const { settled, declined, charging, needs_action: waits } = purchaseCopy.resultTitles;
  expect(stepsDoneBy(settled)).toEqual(['buy']);
  expect(stepsDoneBy(declined)).toEqual(['decline']);
  for (const title of [charging, waits, purchaseCopy.reviewTitle]) expect(stepsDoneBy(title)).toEqual([]);
});
