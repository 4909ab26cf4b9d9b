import type { KnownBlock } from '@slack/types';
import type { Money } from '../../money.ts';
import { requestCopy } from '../copy/index.ts';
import { LINK_IDS } from '../links.ts';
import { button, buttons, section } from './blocks.ts';

/** A text that ends with the way to request credits; `amount`: what the form begins with. */
export function offerRequest(text: string, amount: Money | null = null): KnownBlock[] {
  const carried = amount === null ? {} : { value: amount.toFixed(2) };
  return [section(text), buttons(button(requestCopy.button, LINK_IDS.requestOpen, carried))];
}
