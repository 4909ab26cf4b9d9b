import type { TargetedKeyboardEvent, TargetedSubmitEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ChevronLeft, CloseIcon } from '../app/icons.tsx';
import { Spinner } from '../app/spinner.tsx';
import { BlockList } from '../blocks/block-list.tsx';
import { BlockScopeContext } from '../blocks/scope.ts';
import { closeView, submitView } from '../state/act.ts';
import type { OpenView } from '../state/state.ts';
import { focusFirst, turnTab } from './focus-within.ts';
import { useViewScope } from './use-view-scope.ts';

interface ModalProps {
  open: OpenView;
  /** How many modals are stacked, this one included. */
  depth: number;
}

/** The modal on top of the stack: title bar, form, buttons. */
export function Modal({ open, depth }: ModalProps) {
  const { view, errors } = open;
  const [isBusy, setBusy] = useState(false);
  const isUnderWay = useRef(false);
  const isClosing = useRef(false);
  const dialogRef = useRef<HTMLDivElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const scope = useViewScope(open);
  const titleId = `view-${view.id}-title`;

  useLayoutEffect(() => {
    if (dialogRef.current !== null) focusFirst(dialogRef.current, bodyRef.current);
  }, []);
  useLayoutEffect(() => {
    // Another form in its place begins at its top.
    if (bodyRef.current !== null) bodyRef.current.scrollTop = 0;
  }, [view.callbackId]);
  useEffect(() => {
    // An update may take away what had the focus; the dialog keeps it then.
    const dialog = dialogRef.current;
    if (
      dialog !== null &&
      !dialog.contains(document.activeElement) &&
      !document.querySelector('[role=alertdialog]')
    ) {
      focusFirst(dialog, bodyRef.current);
    }
  }, [view.hash]);
  const firstWrong = view.blocks.find(
    (block) => block.block_id !== undefined && Object.hasOwn(errors, block.block_id),
  );
  useEffect(() => {
    if (firstWrong === undefined) return;
    bodyRef.current
      ?.querySelector<HTMLElement>('.input-block-wrong input, .input-block-wrong textarea')
      ?.focus();
  }, [firstWrong === undefined ? undefined : errors]);

  const once = async (work: () => Promise<unknown>) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setBusy(true);
    await work();
    isUnderWay.current = false;
    setBusy(false);
  };
  const close = async (all: boolean) => {
    if (isClosing.current) return;
    isClosing.current = true;
    await closeView(view.id, all);
    isClosing.current = false;
  };
  useEffect(() => {
    // The keyboard may be nowhere: what had the focus was closed beside the modal.
    const onEscape = ({ key }: KeyboardEvent) => {
      if (key === 'Escape' && document.activeElement === document.body) void close(false);
    };
    document.addEventListener('keydown', onEscape);
    return () => document.removeEventListener('keydown', onEscape);
  }, [view.id]);
  const onSubmit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (view.submit !== null) void once(() => submitView(open));
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Escape') void close(false);
    if (dialogRef.current !== null) turnTab(event, dialogRef.current);
  };
  return (
    <div
      ref={dialogRef}
      class="modal"
      role="dialog"
      aria-modal="true"
      aria-labelledby={titleId}
      aria-busy={isBusy}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <form class="modal-form" noValidate onSubmit={onSubmit}>
        <header class="modal-bar">
          {depth > 1 && (
            <button type="button" class="button-quiet" aria-label="Back" onClick={() => void close(false)}>
              <ChevronLeft />
            </button>
          )}
          <h2 id={titleId}>{view.title}</h2>
          <button type="button" class="button-quiet" aria-label="Close" onClick={() => void close(true)}>
            <CloseIcon />
          </button>
        </header>
        {/* What an update brings is said aloud: "Adding…" becomes "added" before the person's eyes. */}
        <div ref={bodyRef} class="modal-body" aria-live="polite">
          <BlockScopeContext.Provider value={scope}>
            <BlockList blocks={view.blocks} />
          </BlockScopeContext.Provider>
        </div>
        {(view.submit !== null || view.close !== null) && (
          <footer class="modal-foot">
            <button type="button" class="button" onClick={() => void close(false)}>
              {view.close ?? 'Cancel'}
            </button>
            {view.submit !== null && (
              <button type="submit" class="button button-primary" aria-busy={isBusy} aria-disabled={isBusy}>
                <span class="button-text">{view.submit}</span>
                {isBusy && <Spinner />}
              </button>
            )}
          </footer>
        )}
      </form>
    </div>
  );
}
