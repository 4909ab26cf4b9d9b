import type { Message } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { LocalScope } from '../blocks/local-scope.tsx';
import { Mrkdwn } from '../text/text-object.tsx';
import { FileCard } from './file-card.tsx';

/** What a message says: its blocks, or its text when it has none, and its files. */
export function MessageBody({ message }: { message: Message }) {
  const { conversationId, ts, blocks } = message;
  return (
    <div class="message-body">
      {blocks.length > 0 ? (
        <LocalScope
          surface="message"
          container={{ kind: 'message', conversationId, ts }}
          idPrefix={`m-${conversationId}-${ts}`}
          blocks={blocks}
        >
          <BlockList blocks={blocks} />
        </LocalScope>
      ) : (
        <Mrkdwn text={message.text} />
      )}
      {message.edited && !message.ephemeral && <span class="edited">(edited)</span>}
      {message.files.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </div>
  );
}
