import type { ElementProps } from './use-element.ts';

/** What ties a field to its label, its hint and its error. `label` names it where no visible label does. */
export function fieldAria(props: ElementProps, label?: string) {
  return {
    'aria-label': props.labelId === undefined ? label : undefined,
    'aria-labelledby': props.labelId,
    'aria-describedby': props.describedBy,
    'aria-invalid': props.isInvalid === true,
    'aria-required': props.isRequired === true,
    'data-autofocus': props.element.focus_on_load === true ? '' : undefined,
  };
}
