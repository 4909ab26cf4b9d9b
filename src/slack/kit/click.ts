import type { BlockAction } from '@slack/bolt';
import { z } from 'zod';

const clicked = z.object({ actions: z.array(z.object({ value: z.string().max(2_000) })).min(1) });

/** What the clicked button carries: an opaque token, untrusted like everything that went through a client. */
export function readActionValue(body: BlockAction): string {
  const read = clicked.safeParse(body);
  return read.success ? (read.data.actions[0]?.value ?? '') : '';
}

const chosen = z.object({
  actions: z.array(z.object({ selected_option: z.object({ value: z.string().max(150) }) })).min(1),
});

/** What was chosen from a list, as untrusted as any click. */
export function readSelected(body: BlockAction): string {
  const read = chosen.safeParse(body);
  return read.success ? (read.data.actions[0]?.selected_option.value ?? '') : '';
}
