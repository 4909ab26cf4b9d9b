import type { KnownBlock } from '@slack/types';
import type { ExportFacts } from '../../../usage/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import { IDS } from '../../ids.ts';
import { exportWords as words } from '../../copy/index.ts';

/** The message that tells where an export stands. The text says the same as the blocks. */
export function drawExport(facts: ExportFacts): { text: string; blocks: KnownBlock[] } {
  const text = wordsFor(facts);
  return { text, blocks: [section(text), ...actionsFor(facts)] };
}

function wordsFor(facts: ExportFacts): string {
  switch (facts.state) {
    case 'done':
      return words.done(facts);
    case 'empty':
      return words.empty(facts);
    case 'cancelled':
      return words.cancelled(facts);
    case 'failed':
      return words.failed(facts);
    default:
      return words.preparing(facts);
  }
}

function actionsFor(facts: ExportFacts): KnownBlock[] {
  if (['queued', 'running', 'uploading'].includes(facts.state))
    return [buttons(button(words.cancel, IDS.action.exportCancel, { value: facts.token }))];
  return [];
}
