import type { Conversation } from '../../protocol.ts';
import { AppHead } from './app-head.tsx';
import { ChannelMembers } from './channel-members.tsx';
import { HashIcon } from './icons.tsx';

/** The title bar of the conversation that is shown. */
export function PlaceHead({ conversation }: { conversation: Conversation }) {
  if (conversation.kind === 'dm') return <AppHead tab="messages" />;
  return (
    <header class="place-head">
      <h2>
        <HashIcon />
        <span>{conversation.name}</span>
      </h2>
      {conversation.topic !== '' && <p class="place-topic">{conversation.topic}</p>}
      <ChannelMembers key={conversation.id} channel={conversation} />
    </header>
  );
}
