import type { ComponentType } from 'preact';
import { textOf } from '../blocks/shape.ts';
import { ButtonElement } from './button.tsx';
import { Choices } from './choices.tsx';
import { DateInput, DateTimeInput } from './date-input.tsx';
import { Overflow } from './overflow.tsx';
import { Select } from './select.tsx';
import { RichTextInput, TextInput } from './text-input.tsx';
import type { ElementProps } from './use-element.ts';

const kinds: Readonly<Record<string, ComponentType<ElementProps>>> = {
  button: ButtonElement,
  checkboxes: Choices,
  radio_buttons: Choices,
  overflow: Overflow,
  datepicker: DateInput,
  timepicker: DateInput,
  datetimepicker: DateTimeInput,
  plain_text_input: TextInput,
  number_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  rich_text_input: RichTextInput,
};

const isSelect = (type: string): boolean =>
  /^(multi_)?(static|external|users|channels|conversations)_select$/.test(type);

/** Any interactive element; one that the page does not know says so. */
export function Element(props: ElementProps) {
  const type = textOf(props.element.type);
  const Kind = isSelect(type) ? Select : Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (Kind === undefined) {
    return (
      <span class="unknown" data-unknown-block={type}>
        Unknown element: {type}
      </span>
    );
  }
  return <Kind {...props} />;
}
