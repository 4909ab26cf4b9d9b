import { useState } from 'preact/hooks';
import type { Message } from '../../protocol.ts';
import { EyeIcon } from '../app/icons.tsx';
import { dismissMessage } from '../state/act.ts';

/** "Only visible to you", with the way to put it away. */
export function EphemeralNote({ message }: { message: Message }) {
  const [isBusy, setBusy] = useState(false);
  const dismiss = async () => {
    if (isBusy) return;
    setBusy(true);
    await dismissMessage(message.conversationId, message.ts);
    setBusy(false);
  };
  return (
    <div class="ephemeral-note">
      <EyeIcon />
      <span>Only visible to you</span>
      <button type="button" class="text-button" aria-busy={isBusy} onClick={() => void dismiss()}>
        Dismiss
      </button>
    </div>
  );
}
