import type { KnownBlock } from '@slack/types';
import type { ExportFacts } from '../../../usage/index.ts';
import { exportCopy as copy } from '../../copy/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import { IDS } from './ids.ts';

/** The message that tells where an export stands. The text says the same as the blocks. */
export function renderExport(facts: ExportFacts): { text: string; blocks: KnownBlock[] } {
  const text = wordsFor(facts);
  return { text, blocks: [section(text), ...actionsFor(facts)] };
}

function wordsFor(facts: ExportFacts): string {
  switch (facts.state) {
    case 'done':
      return copy.done(facts);
    case 'empty':
      return copy.empty(facts);
    case 'cancelled':
      return copy.cancelled(facts);
    case 'failed':
      return copy.failed(facts);
    default:
      return copy.preparing(facts);
  }
}

function actionsFor(facts: ExportFacts): KnownBlock[] {
  if (['queued', 'running', 'uploading'].includes(facts.state))
    return [buttons(button(copy.cancel, IDS.action.exportCancel, { value: facts.token }))];
  return [];
}
