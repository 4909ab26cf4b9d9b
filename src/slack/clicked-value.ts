import type { BlockAction } from '@slack/bolt';

/** What the clicked button carries: an opaque text, untrusted like everything that went through a client. */
export function clickedValue(body: BlockAction): string {
  const [action] = body.actions;
  return action?.type === 'button' ? (action.value ?? '') : '';
}
