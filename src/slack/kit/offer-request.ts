import type { KnownBlock } from '@slack/types';
import { requestCopy } from '../copy/index.ts';
import { LINK_IDS } from '../links.ts';
import { button, buttons, section } from './blocks.ts';

/** A text that ends with the way to request credits. */
export function offerRequest(text: string): KnownBlock[] {
  return [section(text), buttons(button(requestCopy.button, LINK_IDS.requestOpen))];
}
