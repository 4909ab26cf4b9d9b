import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Conversation, SlashHint } from '../../protocol.ts';
import { SendIcon } from '../app/icons.tsx';
import { Spinner } from '../app/spinner.tsx';
import { send } from '../state/act.ts';
import { useSignal } from '../state/signal.ts';
import { useStore } from '../state/store.ts';
import { draftOf, recalled } from './drafts.ts';
import { HintList } from './hint-list.tsx';
import { remember, step } from './recall.ts';
import { completeHint, enterCompletes, matchHints } from './slash-hints.ts';

const noHints: readonly SlashHint[] = [];
const LIST_ID = 'slash-hints';

/** Where people write: Enter sends, Shift+Enter breaks the line, `/` offers commands, ↑ calls back what was sent. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const slash = useStore((state) => (state.session.status === 'ready' ? state.session.value.slash : noHints));
  const draft = draftOf(conversation.id);
  const text = useSignal(draft, (value) => value);
  const [isBusy, setBusy] = useState(false);
  const [active, setActive] = useState(0);
  const [hasMoved, setMoved] = useState(false);
  const [isPutAway, setPutAway] = useState(false);
  const fieldRef = useRef<HTMLTextAreaElement>(null);
  const hints = isPutAway || isBusy ? [] : matchHints(slash, text);

  useLayoutEffect(() => {
    const field = fieldRef.current;
    if (field === null) return;
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  }, [text]);

  const write = (next: string) => {
    draft.set(next);
    setActive(0);
    setMoved(false);
    setPutAway(false);
  };
  const submit = async () => {
    const said = text.trim();
    if (said === '' || isBusy) return;
    setBusy(true);
    const isTaken = await send(conversation.id, said);
    setBusy(false);
    if (!isTaken) {
      setPutAway(true);
      return;
    }
    recalled.set((held) => remember(held, said));
    if (draft.get().trim() === said) write('');
  };
  const take = (hint: SlashHint) => {
    write(completeHint(hint));
    fieldRef.current?.focus();
  };
  const recall = (by: -1 | 1): boolean => {
    const isRecalling = text === '' || recalled.get().sent.includes(text);
    const found = isRecalling ? step(recalled.get(), by) : undefined;
    if (found === undefined) return false;
    recalled.set(found.recall);
    write(found.text);
    setPutAway(true);
    return true;
  };
  const move = (by: -1 | 1): boolean => {
    if (hints.length === 0) return recall(by);
    setActive((active + by + hints.length) % hints.length);
    setMoved(true);
    return true;
  };
  const keys: Record<string, (isShift: boolean) => boolean> = {
    ArrowDown: () => move(1),
    ArrowUp: () => (text === '' ? recall(-1) : move(-1)),
    Tab: (isShift) => {
      const hint = hints[active];
      if (isShift || hint === undefined || text.startsWith(`${hint.command} `)) return false;
      take(hint);
      return true;
    },
    Escape: () => {
      setPutAway(true);
      return hints.length > 0;
    },
    Enter: (isShift) => {
      if (isShift) return false;
      const hint = hints[active];
      if (hint !== undefined && enterCompletes(hints, text, active, hasMoved)) take(hint);
      else void submit();
      return true;
    },
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (event.isComposing || event.altKey || event.metaKey || event.ctrlKey) return;
    if (keys[event.key]?.(event.shiftKey) === true) event.preventDefault();
  };
  const label = `Message ${conversation.kind === 'channel' ? '#' : ''}${conversation.name}`;
  return (
    <div class="composer">
      <HintList id={LIST_ID} hints={hints} active={active} onPick={take} />
      <div class="composer-box">
        <textarea
          ref={fieldRef}
          id="composer"
          class="composer-field"
          rows={1}
          value={text}
          placeholder={`${label}, or type / for commands`}
          readOnly={isBusy}
          aria-label={label}
          aria-busy={isBusy}
          aria-autocomplete="list"
          aria-controls={LIST_ID}
          aria-activedescendant={hints.length > 0 ? `${LIST_ID}-${active}` : undefined}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          class="composer-send"
          aria-label="Send"
          aria-busy={isBusy}
          disabled={text.trim() === ''}
          onClick={() => void submit()}
        >
          {isBusy ? <Spinner /> : <SendIcon />}
        </button>
      </div>
      <p class="composer-help" aria-hidden="true">
        <kbd>Enter</kbd> to send · <kbd>Shift</kbd>+<kbd>Enter</kbd> for a new line · <kbd>↑</kbd> for the
        last one
      </p>
    </div>
  );
}
