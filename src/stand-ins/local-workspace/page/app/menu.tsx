import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePopup } from '../elements/use-popup.ts';
import { Plain } from '../text/text-object.tsx';

interface MenuProps {
  id: string;
  label: string;
  buttonClass: string;
  isBusy: boolean;
  items: readonly { value: string; text: string }[];
  onPick(value: string): void;
  children: ComponentChildren;
}

/** A button that opens a menu: arrows move, Enter picks, Escape and Tab close. */
export function Menu({ id, label, buttonClass, isBusy, items, onPick, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const { anchorRef, popupRef } = usePopup<HTMLButtonElement>(isOpen, 'end');
  const itemAt = (index: number) =>
    popupRef.current?.querySelectorAll<HTMLElement>('[role=menuitem]')[(index + items.length) % items.length];

  useEffect(() => {
    if (isOpen) itemAt(0)?.focus();
  }, [isOpen]);

  const close = (isFocusKept: boolean) => {
    setOpen(false);
    if (isFocusKept) anchorRef.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const all = [...(popupRef.current?.querySelectorAll('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement ?? document.body);
    const moves: Record<string, () => void> = {
      ArrowDown: () => itemAt(at + 1)?.focus(),
      ArrowUp: () => itemAt(at - 1)?.focus(),
      Home: () => itemAt(0)?.focus(),
      End: () => itemAt(items.length - 1)?.focus(),
      Escape: () => close(true),
      Tab: () => close(true),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  return (
    <span class="menu">
      <button
        ref={anchorRef}
        id={id}
        type="button"
        class={buttonClass}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-busy={isBusy}
        onClick={() => setOpen(!isOpen)}
      >
        {children}
      </button>
      {isOpen && (
        <div
          ref={popupRef}
          popover="manual"
          class="popup"
          role="menu"
          tabIndex={-1}
          aria-label={label}
          onKeyDown={onKeyDown}
          onFocusOut={(event) => {
            if (!popupRef.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
          }}
        >
          {items.map((item) => (
            <button
              key={item.value}
              type="button"
              role="menuitem"
              class="menu-item"
              tabIndex={-1}
              onClick={() => {
                close(true);
                onPick(item.value);
              }}
            >
              <Plain text={item.text} />
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
