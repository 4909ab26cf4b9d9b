import type { KnownBlock } from '@slack/types';
import type { NoticeFacts } from '../../notices/index.ts';
import { button, buttons, section } from '../blocks/build.ts';
import { IDS } from '../ids.ts';
import { noticeWords } from '../words/en.ts';

/** A notice as a message. The text says the same as the blocks. */
export function renderNotice(facts: NoticeFacts): { text: string; blocks: KnownBlock[] } {
  if (facts.kind === 'receipt') return message(noticeWords.receipt(facts));
  if (facts.recovered !== null) return message(noticeWords.recovered(facts));
  return message(
    facts.level === 'out' ? noticeWords.interrupted(facts) : noticeWords.low(facts),
    buttons(button(noticeWords.addCredits, IDS.action.addCredits, { primary: true })),
  );
}

function message(text: string, ...more: KnownBlock[]): { text: string; blocks: KnownBlock[] } {
  return { text, blocks: [section(text), ...more] };
}
