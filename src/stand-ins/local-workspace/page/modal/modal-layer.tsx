import { useEffect } from 'preact/hooks';
import { lastFocus } from '../app/last-focus.ts';
import { useStore } from '../state/store.ts';
import { Modal } from './modal.tsx';

/** The stack of modals: its top is shown; when it empties, the focus goes back to where it was. */
export function ModalLayer() {
  const views = useStore((state) => state.views);
  const isCovered = useStore((state) => state.confirmation !== null);
  const top = views.at(-1);
  const isOpen = top !== undefined;
  useEffect(() => {
    if (!isOpen) return;
    return () => lastFocus.giveBack();
  }, [isOpen]);
  if (top === undefined) return null;
  return (
    <div class="layer" inert={isCovered}>
      <Modal key={top.view.id} open={top} depth={views.length} />
    </div>
  );
}
