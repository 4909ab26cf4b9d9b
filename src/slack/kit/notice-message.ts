import type { KnownBlock } from '@slack/types';
import { dollars } from '../../money.ts';
import type { NoticeFacts, NoticeKind, SingleNotice } from '../../notices/index.ts';
import { balanceAlertCopy, balanceCopy, purchaseCopy, receiptCopy } from '../copy/index.ts';
import { LINK_IDS } from '../links.ts';
import { button, section } from './blocks.ts';

export type NoticeOf<Kind extends NoticeKind> = Extract<NoticeFacts, { kind: Kind }>;

/** A notice as Slack gets it. The text says the same as the blocks. */
export interface NoticeMessage {
  text: string;
  blocks: KnownBlock[];
}

/** Each kind of notice as a message; a feature renders its own. */
export type NoticeRenderers = {
  readonly [Kind in SingleNotice['kind']]: (facts: NoticeOf<Kind>) => NoticeMessage;
};

export function message(text: string, ...more: KnownBlock[]): NoticeMessage {
  return { text, blocks: [section(text), ...more] };
}

/** Opens the purchase for the office that the notice is about. */
export function addCreditsButton({ scope }: { scope: string }, { primary = false } = {}) {
  return button(balanceAlertCopy.addCredits, LINK_IDS.addCredits, {
    primary,
    ...(scope === '' ? {} : { value: scope }),
  });
}

/** The same at the review of what clears the overdraft; where no single purchase may, as above. */
export function addToResumeButton({
  scope,
  toAdd,
  isEnforced,
}: {
  scope: string;
  toAdd: string | null;
  isEnforced?: boolean | undefined;
}) {
  if (toAdd === null || scope === '') return addCreditsButton({ scope }, { primary: true });
  const copy = isEnforced === true ? balanceCopy : purchaseCopy;
  return button(copy.addToResume(dollars(toAdd)), LINK_IDS.addToResume, { value: scope, primary: true });
}

/** Sends the receipt with this number to whoever clicks and may see it. */
export function receiptButton(number: string) {
  return button(receiptCopy.button, LINK_IDS.receiptFile, { value: number });
}
