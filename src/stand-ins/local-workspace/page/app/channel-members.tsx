import { useEffect, useState } from 'preact/hooks';
import type { Conversation } from '../../protocol.ts';
import { usePopup } from '../elements/use-popup.ts';
import { send } from '../state/act.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';

/** "6 members": who is in the channel, and what Slack lets people do about it. */
export function ChannelMembers({ channel }: { channel: Conversation }) {
  const [isOpen, setOpen] = useState(false);
  const { anchorRef, popupRef } = usePopup<HTMLButtonElement>(isOpen, 'end');
  const { users, me } = useDirectory();
  const members = users.filter(({ id }) => channel.memberIds.includes(id));
  const bot = users.find(({ isBot }) => isBot);
  const hasBot = bot !== undefined && channel.memberIds.includes(bot.id);

  useEffect(() => {
    if (isOpen) popupRef.current?.querySelector('button')?.focus();
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    anchorRef.current?.focus();
  };
  const act = (command: string) => {
    close();
    void send(channel.id, command);
  };
  return (
    <>
      <button
        ref={anchorRef}
        type="button"
        class="place-people"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {members.length === 1 ? '1 member' : `${members.length} members`}
      </button>
      {isOpen && (
        <div
          ref={popupRef}
          popover="manual"
          class="popup popup-members"
          role="dialog"
          aria-label={`Members of #${channel.name}`}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            close();
          }}
          onFocusOut={(event) => {
            if (!popupRef.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
          }}
        >
          <ul class="members">
            {members.map((member) => (
              <li key={member.id}>
                <Avatar user={member} size="small" />
                <span>
                  {member.realName}
                  {member.id === me.id ? ' (you)' : ''}
                </span>
                {member.isBot && <span class="badge">APP</span>}
              </li>
            ))}
          </ul>
          <div class="member-acts">
            {bot !== undefined && (
              <button
                type="button"
                class="menu-item"
                onClick={() => act(`/${hasBot ? 'remove' : 'invite'} @${bot.realName}`)}
              >
                {hasBot
                  ? `Remove ${bot.realName} from #${channel.name}`
                  : `Add ${bot.realName} to #${channel.name}`}
              </button>
            )}
            <button type="button" class="menu-item" onClick={() => act('/leave')}>
              Leave #{channel.name}
            </button>
            <button type="button" class="menu-item menu-item-danger" onClick={() => act('/archive')}>
              Archive #{channel.name}
            </button>
          </div>
        </div>
      )}
    </>
  );
}
