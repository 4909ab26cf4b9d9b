import type { Conversation } from '../../protocol.ts';
import { Failure } from '../app/failure.tsx';
import { Composer } from '../composer/composer.tsx';
import { loadMessages } from '../state/navigate.ts';
import { useStore } from '../state/store.ts';
import { MessageList } from './message-list.tsx';
import { MessagesSkeleton } from './messages-skeleton.tsx';

/** A conversation: its messages and the place to write. */
export function ConversationView({ conversation }: { conversation: Conversation }) {
  const loaded = useStore((state) => state.messages[conversation.id]) ?? { status: 'loading' };
  const isReadOnly = useStore(
    ({ session }) =>
      conversation.kind === 'dm' && session.status === 'ready' && session.value.app.isMessagesReadOnly,
  );
  return (
    <>
      {loaded.status === 'loading' && <MessagesSkeleton />}
      {loaded.status === 'failed' && (
        <Failure
          title="These messages could not be loaded"
          words="The workspace did not answer. Nothing is lost."
          onRetry={() => void loadMessages(conversation.id)}
        />
      )}
      {loaded.status === 'ready' && <MessageList conversation={conversation} messages={loaded.value} />}
      {isReadOnly ? (
        <p class="composer-off">Sending messages to this app has been turned off.</p>
      ) : (
        <Composer key={conversation.id} conversation={conversation} />
      )}
    </>
  );
}
