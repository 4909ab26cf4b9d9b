import { isObject, type Json, listOf, plainTextOf, textOf } from '../blocks/shape.ts';
import { TextObject } from '../text/text-object.tsx';
import { type ElementProps, useElement } from './use-element.ts';

interface ChoiceProps {
  type: 'checkbox' | 'radio';
  name: string;
  index: number;
  option: Json;
  isChosen: boolean;
  isInvalid: boolean;
  isAutofocus: boolean;
  onChange(isChosen: boolean): void;
}

function Choice({ type, name, index, option, isChosen, isInvalid, isAutofocus, onChange }: ChoiceProps) {
  const id = `${name}-${index}`;
  const hasDescription = plainTextOf(option.description) !== '';
  return (
    <div class="choice">
      <input
        id={id}
        class={`choice-mark choice-${type}`}
        type={type}
        name={name}
        value={textOf(option.value)}
        checked={isChosen}
        aria-invalid={isInvalid}
        aria-describedby={hasDescription ? `${id}-more` : undefined}
        data-autofocus={isAutofocus ? '' : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="choice-words">
        <label for={id}>
          <TextObject value={option.text} />
        </label>
        {hasDescription && (
          <span id={`${id}-more`} class="choice-more">
            <TextObject value={option.description} />
          </span>
        )}
      </span>
    </div>
  );
}

const valuesOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each) => (isObject(each) ? [textOf(each.value)] : []));

/** checkboxes and radio_buttons. */
export function Choices(props: ElementProps) {
  const { element } = props;
  const { domId, value, isBusy, choose } = useElement(props);
  const type = element.type === 'checkboxes' ? 'checkbox' : 'radio';
  const options = listOf(element.options);
  const chosen = valuesOf(value);
  const change = (option: Json, isChosen: boolean) => {
    const own = textOf(option.value);
    if (type === 'radio') return choose(own);
    const wanted = (each: Json) =>
      textOf(each.value) === own ? isChosen : chosen.includes(textOf(each.value));
    choose(options.filter(wanted).map((each) => textOf(each.value)));
  };
  const aria = {
    role: type === 'radio' ? ('radiogroup' as const) : ('group' as const),
    'aria-labelledby': props.labelId,
    'aria-label': props.labelId === undefined ? 'Choices' : undefined,
    'aria-describedby': props.describedBy,
    'aria-busy': isBusy,
    'aria-required': type === 'radio' ? props.isRequired === true : undefined,
  };
  return (
    <div id={domId} class="choices" {...aria}>
      {options.map((option, index) => (
        <Choice
          key={textOf(option.value)}
          type={type}
          name={domId}
          index={index}
          option={option}
          isChosen={chosen.includes(textOf(option.value))}
          isInvalid={props.isInvalid === true}
          isAutofocus={element.focus_on_load === true && index === 0}
          onChange={(isChosen) => change(option, isChosen)}
        />
      ))}
    </div>
  );
}
