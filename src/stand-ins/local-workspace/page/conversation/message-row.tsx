import type { Message } from '../../protocol.ts';
import { Avatar } from '../app/avatar.tsx';
import { useDirectory } from '../app/directory.ts';
import { clockTime, longDay } from '../text/date-token.ts';
import { sentAt } from './arrange-messages.ts';
import { EphemeralNote } from './ephemeral-note.tsx';
import { MessageBody } from './message-body.tsx';

interface MessageRowProps {
  message: Message;
  isContinuation: boolean;
}

/** One message: who, when, what. */
export function MessageRow({ message, isContinuation }: MessageRowProps) {
  const { user, zone, now } = useDirectory();
  const author = user(message.userId) ?? { realName: 'Someone', hue: 0, isBot: false };
  const at = sentAt(message);
  const time = clockTime(at, zone);
  const stamp = (
    <time class="message-time" dateTime={at.toISOString()} title={`${longDay(at, now(), zone)} at ${time}`}>
      {isContinuation ? time.replace(/ [AP]M$/, '') : time}
    </time>
  );
  const classes = [
    'message',
    isContinuation && 'message-continued',
    message.ephemeral && 'message-ephemeral',
  ];
  return (
    <article
      class={classes.filter(Boolean).join(' ')}
      aria-label={`${author.realName}, ${time}`}
      data-ts={message.ts}
    >
      <div class="message-side">{isContinuation ? stamp : <Avatar user={author} size="large" />}</div>
      <div class="message-main">
        {message.ephemeral && !isContinuation && <EphemeralNote message={message} />}
        {!isContinuation && (
          <div class="message-head">
            <span class="message-author">{author.realName}</span>
            {author.isBot && <span class="badge">APP</span>}
            {stamp}
          </div>
        )}
        <MessageBody message={message} />
        {message.ephemeral && isContinuation && <EphemeralNote message={message} />}
      </div>
    </article>
  );
}
