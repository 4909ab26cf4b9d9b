import { receiptCopy as copy } from '../copy/index.ts';
import { buttons, linkButton, quiet, section } from '../kit/blocks.ts';
import type { Message } from '../kit/reply.ts';

/** What is said of a document that was sent as a file; `url`: where it can be opened, too, for a while. */
export function sentDocument(text: string, url: string | null): Message {
  if (url === null) return { text };
  return {
    text,
    blocks: [section(text), buttons(linkButton(copy.openInBrowser, url)), quiet(copy.linkLife)],
  };
}
