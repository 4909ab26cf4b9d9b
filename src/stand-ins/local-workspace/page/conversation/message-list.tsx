import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Conversation, Message } from '../../protocol.ts';
import { useDirectory } from '../app/directory.ts';
import { DownIcon } from '../app/icons.tsx';
import { ScrollRegion } from '../app/scroll-region.tsx';
import { arrangeMessages } from './arrange-messages.ts';
import { ConversationStart } from './conversation-start.tsx';
import { DaySection } from './day-section.tsx';
import { useStickToBottom } from './use-stick-to-bottom.ts';

interface MessageListProps {
  conversation: Conversation;
  messages: readonly Message[];
}

/** The scrolled list of a conversation's messages. */
export function MessageList({ conversation, messages }: MessageListProps) {
  const { zone, me } = useDirectory();
  const { scrollerRef, contentRef, isAtEnd, toEnd } = useStickToBottom(conversation.id);
  const days = useMemo(() => arrangeMessages(messages, zone), [messages, zone]);
  const last = messages.at(-1);
  const seenTs = useRef(last?.ts);

  useEffect(() => {
    // Whoever has just spoken, or been answered in private, wants to see it.
    const isForMe = last !== undefined && (last.userId === me.id || last.ephemeral);
    if (last?.ts !== seenTs.current && isForMe) toEnd();
    seenTs.current = last?.ts;
  }, [last?.ts]);

  return (
    <div class="messages-frame">
      <ScrollRegion scrollerRef={scrollerRef} class="messages" label="Messages">
        <div ref={contentRef} class="messages-inner">
          <ConversationStart conversation={conversation} isEmpty={messages.length === 0} />
          {days.map((day) => (
            <DaySection key={day.key} day={day} />
          ))}
        </div>
      </ScrollRegion>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <DownIcon /> Latest messages
        </button>
      )}
    </div>
  );
}
