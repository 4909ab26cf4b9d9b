import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { type Person, visibleOffices } from '../../../org/index.ts';
import type { ScheduleRow } from '../../../usage/index.ts';
import { scheduleCopy as copy, kindNames } from '../../copy/index.ts';
import { button, buttons, quiet, section } from '../../kit/blocks.ts';
import { choices, many, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { namedOptions } from './export-form.ts';
import { IDS } from './ids.ts';

const { action, field, view } = IDS;
/** A modal takes a hundred blocks. */
const MAX_SHOWN = 40;

/** The schedules that a person may end, with the way to a new one. `dayName`: when each is due next. */
export function schedulesView(
  schedules: readonly ScheduleRow[],
  person: Person,
  dayName: (at: Date) => string,
): ModalView {
  const more = schedules.length - MAX_SHOWN;
  return modal(view.exportSchedules, '', {
    title: copy.title,
    blocks: [
      buttons(button(copy.add, action.scheduleAdd, { primary: true })),
      ...schedules.slice(0, MAX_SHOWN).map((each) => scheduleBlock(each, person, dayName)),
      ...(schedules.length === 0 ? [section(copy.none)] : []),
      ...(more > 0 ? [quiet(copy.more(more))] : []),
    ],
    close: copy.close,
  });
}

function scheduleBlock(schedule: ScheduleRow, person: Person, dayName: (at: Date) => string): KnownBlock {
  const offices = person.offices.filter(({ id }) => schedule.officeIds.includes(id));
  const only = [
    ...offices.map(({ name }) => name),
    ...schedule.categories.map((kind) => kindNames[kind] ?? kind),
  ];
  const confirm = { title: copy.endTitle, text: copy.endText, yes: copy.end, no: copy.endNo };
  return {
    ...section(copy.line(schedule, only, dayName(schedule.nextAt))),
    accessory: button(copy.end, action.scheduleEnd, { value: schedule.id.toString(), confirm }),
  };
}

/** A new schedule, to oneself unless told. */
export function scheduleForm(person: Person): ModalView {
  const offices = namedOptions(visibleOffices(person));
  const kinds = Object.entries(kindNames).map(([kind, name]) => option(name, kind));
  const periods = (['week', 'month'] as const).map((every) => option(copy.every(every), every));
  return modal(view.scheduleForm, '', {
    title: copy.formTitle,
    blocks: [
      {
        ...input(field.scheduleEvery, copy.everyLabel, choices(field.scheduleEvery, periods, 'week'), false),
        hint: plain(copy.everyHint(person.company.timeZone)),
      },
      input(field.schedulePerson, copy.personLabel, {
        type: 'users_select',
        action_id: field.schedulePerson,
        placeholder: plain(copy.choosePerson),
      }),
      input(field.scheduleChannel, copy.channelLabel, {
        type: 'conversations_select',
        action_id: field.scheduleChannel,
        placeholder: plain(copy.chooseChannel),
        filter: {
          include: ['public', 'private'],
          exclude_bot_users: true,
          exclude_external_shared_channels: true,
        },
      }),
      ...(offices.length < 2
        ? []
        : [
            input(
              field.scheduleOffices,
              copy.officesLabel,
              many(field.scheduleOffices, offices, [], copy.all),
            ),
          ]),
      input(field.scheduleKinds, copy.kindsLabel, many(field.scheduleKinds, kinds, [], copy.all)),
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

function input(id: string, label: string, element: InputBlock['element'], isOptional = true): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label),
    element,
    ...(isOptional ? { optional: true } : {}),
  };
}
