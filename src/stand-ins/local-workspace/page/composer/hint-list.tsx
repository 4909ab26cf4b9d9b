import type { SlashHint } from '../../protocol.ts';

interface HintListProps {
  id: string;
  hints: readonly SlashHint[];
  active: number;
  onPick(hint: SlashHint): void;
}

/** The commands that fit what is being typed. The text field keeps the focus. */
export function HintList({ id, hints, active, onPick }: HintListProps) {
  return (
    <div class="hints" data-open={hints.length > 0 ? '' : undefined}>
      <div id={id} role="listbox" aria-label="Commands" tabIndex={-1}>
        {hints.map((hint, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field that owns the list has the keyboard
          <div
            key={hint.command}
            id={`${id}-${index}`}
            class="hint"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(hint)}
          >
            <span class="hint-command">
              <strong>{hint.command}</strong> <span class="hint-usage">{hint.usageHint}</span>
            </span>
            <span class="hint-more">{hint.description}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
