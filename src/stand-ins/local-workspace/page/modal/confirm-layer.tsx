import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Confirmation } from '../state/state.ts';
import { useStore } from '../state/store.ts';
import { TextObject } from '../text/text-object.tsx';
import { turnTab } from './focus-within.ts';

function ConfirmDialog({ confirmation }: { confirmation: Confirmation }) {
  const dialogRef = useRef<HTMLDivElement>(null);
  const before = useRef(document.activeElement);
  const denyRef = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    denyRef.current?.focus();
  }, []);
  useEffect(() => {
    const asker = before.current;
    return () => {
      if (asker instanceof HTMLElement) requestAnimationFrame(() => asker.focus({ preventScroll: true }));
    };
  }, []);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Escape') confirmation.answer(false);
    if (dialogRef.current !== null) turnTab(event, dialogRef.current);
  };
  return (
    <div
      ref={dialogRef}
      class="modal modal-small"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <header class="modal-bar">
        <h2 id="confirm-title">{confirmation.title}</h2>
      </header>
      <div id="confirm-text" class="modal-body">
        <TextObject value={confirmation.text} />
      </div>
      <footer class="modal-foot">
        <button ref={denyRef} type="button" class="button" onClick={() => confirmation.answer(false)}>
          {confirmation.deny}
        </button>
        <button
          type="button"
          class={confirmation.isDanger ? 'button button-danger-solid' : 'button button-primary'}
          onClick={() => confirmation.answer(true)}
        >
          {confirmation.confirm}
        </button>
      </footer>
    </div>
  );
}

/** The question that an element asks before it acts, above everything else. */
export function ConfirmLayer() {
  const confirmation = useStore((state) => state.confirmation);
  if (confirmation === null) return null;
  return (
    <div class="layer layer-high">
      <ConfirmDialog confirmation={confirmation} />
    </div>
  );
}
