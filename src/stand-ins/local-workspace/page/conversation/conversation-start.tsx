import type { Conversation } from '../../protocol.ts';
import { Avatar } from '../app/avatar.tsx';
import { useDirectory } from '../app/directory.ts';
import { HashIcon } from '../app/icons.tsx';

interface ConversationStartProps {
  conversation: Conversation;
  isEmpty: boolean;
}

/** The head of a conversation's history; when nothing was said yet, it says what to do. */
export function ConversationStart({ conversation, isEmpty }: ConversationStartProps) {
  const { me, users } = useDirectory();
  const isChannel = conversation.kind === 'channel';
  const other = users.find((user) => user.id !== me.id && conversation.memberIds.includes(user.id));
  return (
    <div class={isEmpty ? 'start start-empty' : 'start'}>
      {!isChannel && other !== undefined ? (
        <Avatar user={other} size="large" />
      ) : (
        <span class="start-mark">
          <HashIcon />
        </span>
      )}
      <h3>{isChannel ? `#${conversation.name}` : conversation.name}</h3>
      <p>
        {isChannel
          ? conversation.topic || 'The beginning of this channel.'
          : `This conversation is just between you and ${conversation.name}.`}
      </p>
      {isEmpty && (
        <p class="start-hint">
          Nothing here yet. Type <kbd>/</kbd> below to see what the app can do.
        </p>
      )}
    </div>
  );
}
