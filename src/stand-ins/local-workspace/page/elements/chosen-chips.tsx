import { CloseIcon } from '../app/icons.tsx';
import type { PlainOption } from './options.ts';

interface ChosenChipsProps {
  options: readonly PlainOption[];
  onRemove(value: string): void;
}

/** What a multiple select holds, each with a way to let it go. */
export function ChosenChips({ options, onRemove }: ChosenChipsProps) {
  return (
    <>
      {options.map((option) => (
        <span key={option.value} class="chip">
          {option.text}
          <button
            type="button"
            class="chip-remove"
            aria-label={`Remove ${option.text}`}
            onClick={() => onRemove(option.value)}
          >
            <CloseIcon />
          </button>
        </span>
      ))}
    </>
  );
}
