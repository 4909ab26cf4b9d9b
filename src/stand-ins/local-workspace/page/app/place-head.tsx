import type { Conversation } from '../../protocol.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';
import { HashIcon } from './icons.tsx';

/** The title bar of what is shown. */
export function PlaceHead({ conversation }: { conversation: Conversation }) {
  const { me, users } = useDirectory();
  const isChannel = conversation.kind === 'channel';
  const other = users.find((user) => user.id !== me.id && conversation.memberIds.includes(user.id));
  const people = conversation.memberIds.length;
  return (
    <header class="place-head">
      <h2>
        {isChannel || !other ? <HashIcon /> : <Avatar user={other} size="small" />}
        <span>{conversation.name}</span>
      </h2>
      {conversation.topic !== '' && <p class="place-topic">{conversation.topic}</p>}
      {isChannel && <p class="place-people">{people === 1 ? '1 member' : `${people} members`}</p>}
    </header>
  );
}
