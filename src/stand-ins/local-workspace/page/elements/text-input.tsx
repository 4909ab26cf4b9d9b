import type { TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { isObject, listOf, numberOf, plainTextOf, textOf } from '../blocks/shape.ts';
import { fieldAria } from './field-aria.ts';
import { type ElementProps, useElement } from './use-element.ts';

type InputKind = { type: 'text'; inputMode?: 'decimal' } | { type: 'email' } | { type: 'url' };

const INPUT_TYPES: Readonly<Record<string, InputKind>> = {
  number_input: { type: 'text', inputMode: 'decimal' },
  email_text_input: { type: 'email' },
  url_text_input: { type: 'url' },
};

function triggersOf(config: unknown): readonly unknown[] {
  const given = isObject(config) ? config.trigger_actions_on : undefined;
  return Array.isArray(given) ? given : ['on_enter_pressed'];
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

/** plain_text_input, number_input, email_text_input and url_text_input. */
export function TextInput(props: ElementProps) {
  const { element } = props;
  const { domId, value, choose, hold } = useElement(props);
  const triggers = props.dispatches ? triggersOf(element.dispatch_action_config) : [];
  const onInput = (event: TargetedEvent<TextField>) =>
    triggers.includes('on_character_entered')
      ? choose(event.currentTarget.value)
      : hold(event.currentTarget.value);
  const onKeyDown = (event: TargetedKeyboardEvent<TextField>) => {
    if (event.key !== 'Enter' || event.isComposing || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    choose(event.currentTarget.value);
  };
  const shared = {
    id: domId,
    class: 'field',
    value: textOf(value),
    placeholder: plainTextOf(element.placeholder),
    autoComplete: 'off',
    ...fieldAria(props, plainTextOf(element.placeholder) || 'Text'),
    onInput,
    onKeyDown,
  } as const;
  const max = numberOf(element.max_length);
  const left = max === undefined ? undefined : max - textOf(value).length;
  const counter = left !== undefined && left <= Math.max(20, (max ?? 0) / 10) && (
    <span class={left < 0 ? 'field-counter field-counter-over' : 'field-counter'} aria-hidden="true">
      {left}
    </span>
  );
  if (element.multiline === true) {
    return (
      <span class="field-box">
        <textarea {...shared} rows={4} />
        {counter}
      </span>
    );
  }
  const kind: InputKind = INPUT_TYPES[textOf(element.type)] ?? { type: 'text' };
  return (
    <span class="field-box">
      <input {...shared} {...kind} />
      {counter}
    </span>
  );
}

/** rich_text_input, taken as plain paragraphs: the workspace has no editor of styles. */
export function RichTextInput(props: ElementProps) {
  const { domId, value, hold } = useElement(props);
  const sections = isObject(value) ? listOf(value.elements) : [];
  const text = sections
    .map((each) =>
      listOf(each.elements)
        .map((run) => textOf(run.text))
        .join(''),
    )
    .join('\n');
  const toRichText = (typed: string) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: typed }] }],
  });
  return (
    <textarea
      id={domId}
      class="field"
      rows={4}
      value={text}
      placeholder={plainTextOf(props.element.placeholder)}
      {...fieldAria(props, 'Text')}
      onInput={(event) =>
        hold(event.currentTarget.value === '' ? null : toRichText(event.currentTarget.value))
      }
    />
  );
}
