import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePopup } from '../elements/use-popup.ts';
import { enter } from '../state/navigate.ts';
import { store } from '../state/store.ts';
import { noteDeed } from '../state/tour.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';
import { CheckIcon, ChevronDown } from './icons.tsx';

/** "You are Ana Reyes (Company admin)": the list of people one may become. */
export function PersonSwitch() {
  const { me, users } = useDirectory();
  const people = users.filter((user) => !user.isBot);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const { anchorRef, popupRef } = usePopup<HTMLButtonElement>(isOpen, 'end');
  const list = () => popupRef.current?.querySelector<HTMLElement>('[role=listbox]');

  useEffect(() => {
    if (isOpen) list()?.focus();
  }, [isOpen]);
  useEffect(() => {
    popupRef.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [active, isOpen]);

  const open = () => {
    setActive(
      Math.max(
        0,
        people.findIndex((person) => person.id === me.id),
      ),
    );
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    anchorRef.current?.focus();
  };
  const become = (id: string | undefined) => {
    close();
    if (id === undefined || id === me.id) return;
    noteDeed({ kind: 'person' });
    void enter(id, store.get().place, 'push');
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const keys: Record<string, () => void> = {
      ArrowDown: () => setActive(Math.min(people.length - 1, active + 1)),
      ArrowUp: () => setActive(Math.max(0, active - 1)),
      Home: () => setActive(0),
      End: () => setActive(people.length - 1),
      Enter: () => become(people[active]?.id),
      ' ': () => become(people[active]?.id),
      Escape: close,
      Tab: close,
    };
    const key = keys[event.key];
    if (key === undefined) return;
    event.preventDefault();
    key();
  };
  return (
    <div class="person">
      <button
        ref={anchorRef}
        type="button"
        id="person-switch"
        class="person-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        onClick={() => (isOpen ? close() : open())}
      >
        <Avatar user={me} size="small" />
        <span class="person-words">
          <span class="person-lead">You are </span>
          <strong>{me.realName}</strong>
          <span class="person-title"> ({me.title})</span>
        </span>
        <ChevronDown />
      </button>
      {isOpen && (
        <div ref={popupRef} popover="manual" class="popup popup-people">
          <p class="popup-lead" id="people-label">
            Act as
          </p>
          <div
            class="options"
            role="listbox"
            tabIndex={0}
            aria-labelledby="people-label"
            aria-activedescendant={`person-${people[active]?.id}`}
            onKeyDown={onKeyDown}
            onBlur={() => setOpen(false)}
          >
            {people.map((person, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the keyboard
              <div
                key={person.id}
                id={`person-${person.id}`}
                class="option"
                role="option"
                tabIndex={-1}
                aria-selected={person.id === me.id}
                data-active={index === active ? '' : undefined}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => become(person.id)}
              >
                <Avatar user={person} size="medium" />
                <span class="option-words">
                  <span>{person.realName}</span>
                  <span class="option-more">{person.title}</span>
                </span>
                {person.id === me.id && <CheckIcon />}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
