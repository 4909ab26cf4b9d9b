import type { TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ChevronDown } from '../app/icons.tsx';
import { Spinner } from '../app/spinner.tsx';
import { numberOf, plainTextOf, textOf } from '../blocks/shape.ts';
import { ChosenChips } from './chosen-chips.tsx';
import { fieldAria } from './field-aria.ts';
import { OptionList } from './option-list.tsx';
import { chosenValues } from './options.ts';
import { type ElementProps, useElement } from './use-element.ts';
import { useOptions } from './use-options.ts';
import { usePopup } from './use-popup.ts';

/** Every select menu, single and multiple: a field that opens a list, which typing narrows. */
export function Select(props: ElementProps) {
  const { element } = props;
  const { domId, value, isBusy, choose, hold, tell } = useElement(props);
  const [search, setSearch] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const isOpen = search !== null;
  const { anchorRef, popupRef } = usePopup<HTMLDivElement>(isOpen, 'start', true);

  const isMulti = textOf(element.type).startsWith('multi_');
  const { shown, known, isLoading, heldFor } = useOptions(props, value, search);
  const chosen = chosenValues(value);
  const chosenOptions = chosen.flatMap((each) => known.find((option) => option.value === each) ?? []);
  const limit = numberOf(element.max_selected_items) ?? 100;
  const placeholder = plainTextOf(element.placeholder) || (isMulti ? 'Select options' : 'Select an option');

  const open = () => {
    setSearch('');
    setActive(
      Math.max(
        0,
        shown.findIndex((option) => chosen.includes(option.value)),
      ),
    );
  };
  const close = () => {
    if (!isOpen) return;
    setSearch(null);
    // A multiple select tells the app once, when its list closes.
    if (isMulti && props.dispatches) tell(value ?? []);
  };
  const pick = (picked: string) => {
    if (!isMulti) {
      setSearch(null);
      if (!chosen.includes(picked)) choose(heldFor(picked));
      return;
    }
    const without = chosen.filter((each) => each !== picked);
    const next = without.length < chosen.length ? without : [...chosen, picked].slice(0, limit);
    hold(next.map(heldFor));
    setSearch('');
  };
  const move = (by: number) =>
    setActive((at) => (shown.length === 0 ? 0 : (at + by + shown.length) % shown.length));

  const keys: Record<string, () => unknown> = {
    ArrowDown: () => (isOpen ? move(1) : open()),
    ArrowUp: () => (isOpen ? move(-1) : open()),
    Enter: () => {
      const option = shown[active];
      if (isOpen && option) pick(option.value);
      else open();
    },
    ...(isOpen
      ? { Home: () => setActive(0), End: () => setActive(Math.max(0, shown.length - 1)), Escape: close }
      : { ' ': open }),
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const last = chosen.at(-1);
    if (event.key === 'Backspace' && isMulti && search === '' && last !== undefined) pick(last);
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  const closedText = isMulti ? '' : (chosenOptions[0]?.text ?? '');
  return (
    <div ref={anchorRef} class={isMulti ? 'select select-multi' : 'select'} aria-busy={isBusy}>
      {isMulti && <ChosenChips options={chosenOptions} onRemove={pick} />}
      <input
        id={domId}
        class="select-input"
        type="text"
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${domId}-list`}
        aria-activedescendant={isOpen && shown[active] ? `${domId}-option-${active}` : undefined}
        {...fieldAria(props, placeholder)}
        placeholder={
          isOpen && closedText !== '' ? closedText : chosen.length > 0 && isMulti ? '' : placeholder
        }
        value={isOpen ? search : closedText}
        onClick={() => (isOpen ? undefined : open())}
        onInput={(event) => {
          setSearch(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {isBusy ? <Spinner /> : <ChevronDown />}
      <div ref={popupRef} popover="manual" class="popup" aria-live="off" hidden={!isOpen}>
        <OptionList
          id={domId}
          label={placeholder}
          options={isOpen ? shown : []}
          chosen={chosen}
          active={active}
          isMulti={isMulti}
          isLoading={isLoading}
          onPick={pick}
        />
      </div>
    </div>
  );
}
