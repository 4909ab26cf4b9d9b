import type { InputBlock, ModalView } from '@slack/types';
import { encodeQuietHours, type QuietHours } from '../../../notices/index.ts';
import { quietHoursCopy as copy } from '../../copy/index.ts';
import { quiet, section } from '../../kit/blocks.ts';
import { choices, many, option, zoneGroups } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { IDS } from './ids.ts';

const { field, view } = IDS;
/** What the form begins with where quiet hours are off. */
const USUAL = { from: '22:00', to: '07:00', days: [1, 2, 3, 4, 5, 6, 7] };

/** The form, filled in with how it is. `notice`: why it was not saved. */
export function quietForm(
  hours: QuietHours | null,
  timeZone: string,
  notice: string | null = null,
): ModalView {
  const shown = hours ?? { ...USUAL, timeZone };
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) => option(copy.day(day), String(day)));
  return modal(view.quietForm, hours === null ? '' : encodeQuietHours(hours), {
    title: copy.title,
    blocks: [
      ...(notice === null ? [] : [section(notice)]),
      quiet(copy.intro),
      {
        ...input(
          field.quietOn,
          copy.onLabel,
          choices(
            field.quietOn,
            [option(copy.on, 'on'), option(copy.off, 'off')],
            hours === null ? 'off' : 'on',
          ),
        ),
        optional: false,
      },
      input(field.quietFrom, copy.fromLabel, timeElement(field.quietFrom, shown.from)),
      {
        ...input(field.quietTo, copy.toLabel, timeElement(field.quietTo, shown.to)),
        hint: plain(copy.toHint),
      },
      input(
        field.quietDays,
        copy.daysLabel,
        many(field.quietDays, days, shown.days.map(String), copy.daysLabel),
      ),
      {
        ...input(field.quietZone, copy.zoneLabel, {
          type: 'static_select',
          action_id: field.quietZone,
          option_groups: zoneGroups([shown.timeZone, timeZone]),
          initial_option: option(shown.timeZone, shown.timeZone),
        }),
        optional: false,
      },
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

/** The modal with a text only. */
export function quietText(text: string): ModalView {
  return modal(view.quietResult, '', { title: copy.title, blocks: [section(text)], close: copy.close });
}

const timeElement = (id: string, time: string): InputBlock['element'] => ({
  type: 'timepicker',
  action_id: id,
  initial_time: time,
});

/** May stay empty: what is missing is shown only where quiet hours are to be on. */
function input(id: string, label: string, element: InputBlock['element']): InputBlock {
  return { type: 'input', block_id: id, optional: true, label: plain(label), element };
}
