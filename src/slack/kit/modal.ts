import type { KnownBlock, ModalView } from '@slack/types';
import { unbroken } from './unbroken.ts';

export const plain = (text: string): { type: 'plain_text'; text: string } => ({
  type: 'plain_text',
  text: unbroken(text),
});

/** A modal. `token` is its `private_metadata`: opaque, and untrusted when it comes back. */
export function modal(
  callbackId: string,
  token: string,
  parts: { title: string; blocks: KnownBlock[]; submit?: string; close: string },
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: token,
    title: plain(parts.title),
    close: plain(parts.close),
    blocks: parts.blocks,
    ...(parts.submit === undefined ? {} : { submit: plain(parts.submit) }),
  };
}
