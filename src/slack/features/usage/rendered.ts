import type { WithData } from '../../kit/or-without-data.ts';
import type { Message } from '../../kit/reply.ts';

/** Sends an answer to whoever asked, and to no one else. */
export type Answer = (message: Message) => Promise<void>;

/** An answer with charts and tables, and the same in words. */
export type Rendered = WithData<Message>;
