import { useDirectory } from '../app/directory.ts';
import { plainTextOf } from '../blocks/shape.ts';
import { clockTime, dayKey } from '../text/date-token.ts';
import { fieldAria } from './field-aria.ts';
import { type ElementProps, useElement } from './use-element.ts';
import { zonedEpoch } from './zoned-epoch.ts';

const TYPES: Readonly<Record<string, { type: 'date' | 'time'; label: string }>> = {
  datepicker: { type: 'date', label: 'Pick a date' },
  timepicker: { type: 'time', label: 'Pick a time' },
};

/** datepicker and timepicker: the browser's own controls, which every keyboard and screen reader knows. */
export function DateInput(props: ElementProps) {
  const { element } = props;
  const { domId, value, isBusy, choose } = useElement(props);
  const kind = TYPES[String(element.type)] ?? { type: 'date' as const, label: 'Pick a date' };
  return (
    <input
      id={domId}
      class="field field-date"
      type={kind.type}
      value={typeof value === 'string' ? value : ''}
      aria-busy={isBusy}
      {...fieldAria(props, plainTextOf(element.placeholder) || kind.label)}
      onChange={(event) => choose(event.currentTarget.value || null)}
    />
  );
}

/** datetimepicker: a moment, given in the workspace's zone. */
export function DateTimeInput(props: ElementProps) {
  const { zone } = useDirectory();
  const { domId, value, choose } = useElement(props);
  const at = typeof value === 'number' ? new Date(value * 1000) : undefined;
  const time = at && new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(at);
  return (
    <input
      id={domId}
      class="field field-date"
      type="datetime-local"
      value={at === undefined ? '' : `${dayKey(at, zone)}T${time}`}
      title={at === undefined ? undefined : `${clockTime(at, zone)} ${zone}`}
      {...fieldAria(props, 'Pick a date and time')}
      onChange={(event) => choose(zonedEpoch(event.currentTarget.value, zone))}
    />
  );
}
