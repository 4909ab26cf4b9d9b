import { useEffect, useRef } from 'preact/hooks';
import { Avatar } from '../app/avatar.tsx';
import { CheckIcon } from '../app/icons.tsx';
import { Plain } from '../text/text-object.tsx';
import type { PlainOption } from './options.ts';

interface OptionListProps {
  /** Id of the field that the list belongs to. */
  id: string;
  label: string;
  options: readonly PlainOption[];
  chosen: readonly string[];
  active: number;
  isMulti: boolean;
  isLoading?: boolean;
  onPick(value: string): void;
}

/** The open list of a select. The field keeps the focus; the list only shows where it is. */
export function OptionList({
  id,
  label,
  options,
  chosen,
  active,
  isMulti,
  isLoading = false,
  onPick,
}: OptionListProps) {
  const listRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    listRef.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [active, options.length]);
  return (
    <div
      ref={listRef}
      id={`${id}-list`}
      class="options"
      role="listbox"
      aria-label={label}
      aria-multiselectable={isMulti}
      tabIndex={-1}
    >
      {options.map((option, index) => (
        <div key={option.value}>
          {option.group !== '' && option.group !== options[index - 1]?.group && (
            <div class="option-group">{option.group}</div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox that owns the list has the keyboard */}
          <div
            id={`${id}-option-${index}`}
            class="option"
            role="option"
            tabIndex={-1}
            aria-selected={chosen.includes(option.value)}
            data-active={index === active ? '' : undefined}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(option.value)}
          >
            {option.person && <Avatar user={option.person} size="small" />}
            <span class="option-words">
              <span>
                <Plain text={option.text} />
              </span>
              {option.description !== '' && <span class="option-more">{option.description}</span>}
            </span>
            {chosen.includes(option.value) && <CheckIcon />}
          </div>
        </div>
      ))}
      {options.length === 0 && <div class="options-none">{isLoading ? 'Loading…' : 'No matches'}</div>}
    </div>
  );
}
