import { WarnIcon } from '../app/icons.tsx';
import { Element } from '../elements/element.tsx';
import { Plain } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { useScope } from './scope.ts';
import { objectOf, plainTextOf, textOf } from './shape.ts';

/** A field of a form: label, element, what is wrong with it, hint. */
export function InputBlock({ block, blockId }: BlockProps) {
  const { idPrefix, errors } = useScope();
  const element = objectOf(block.element) ?? { type: 'missing' };
  const base = `${idPrefix}-${blockId}`.replaceAll(/[^\w-]/g, '_');
  const target = `${base}-${textOf(element.action_id)}`.replaceAll(/[^\w-]/g, '_');
  const error = Object.hasOwn(errors, blockId) ? errors[blockId] : undefined;
  const hint = plainTextOf(block.hint);
  const describedBy = [error && `${base}-error`, hint && `${base}-hint`].filter(Boolean).join(' ');
  const isGroup = element.type === 'checkboxes' || element.type === 'radio_buttons';
  const label = (
    <>
      <span id={`${base}-label`}>
        <Plain text={plainTextOf(block.label)} />
      </span>
      {block.optional === true && <span class="input-optional"> (optional)</span>}
    </>
  );
  return (
    <div class={error === undefined ? 'input-block' : 'input-block input-block-wrong'} data-block={blockId}>
      {isGroup ? (
        <div class="input-label">{label}</div>
      ) : (
        <label class="input-label" for={target}>
          {label}
        </label>
      )}
      <Element
        element={element}
        blockId={blockId}
        dispatches={block.dispatch_action === true}
        labelId={`${base}-label`}
        {...(describedBy === '' ? {} : { describedBy })}
        isInvalid={error !== undefined}
        isRequired={block.optional !== true}
      />
      {error !== undefined && (
        <p id={`${base}-error`} class="input-error">
          <WarnIcon />
          <span>{error}</span>
        </p>
      )}
      {hint !== '' && (
        <p id={`${base}-hint`} class="input-hint">
          <Plain text={hint} />
        </p>
      )}
    </div>
  );
}
