import { type Message, ReplyRefusedError } from '../../kit/reply.ts';

/** Says it with charts and tables; where the workspace refuses those, in words. Other failures are passed on. */
export async function orWithoutData(
  full: Message,
  plain: Message,
  say: (message: Message) => Promise<void>,
): Promise<void> {
  try {
    await say(full);
  } catch (error) {
    if (!(error instanceof ReplyRefusedError && error.isAboutBlocks)) throw error;
    await say(plain);
  }
}
