import { isAboutBlocks } from '../../kit/is-about-blocks.ts';
import type { Message } from '../../kit/reply.ts';

/** Sends an answer to whoever asked, and to no one else. */
export type Answer = (message: Message) => Promise<void>;

/** An answer with charts and tables, and the same in words. */
export interface Rendered {
  full: Message;
  plain: Message;
}

/** Sends it with charts and tables; where the workspace refuses those, in words. Other failures are passed on. */
export async function orWithoutData({ full, plain }: Rendered, send: Answer): Promise<void> {
  try {
    await send(full);
  } catch (error) {
    if (!isAboutBlocks(error)) throw error;
    await send(plain);
  }
}
