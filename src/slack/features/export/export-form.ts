import type { ConversationsSelect, InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { dayOf, monthOf, monthPeriod } from '../../../calendar.ts';
import { type Person, visibleOffices } from '../../../org/index.ts';
import type { ExportFacts } from '../../../usage/index.ts';
import { exportCopy as copy, kindNames, scheduleCopy } from '../../copy/index.ts';
import { button, section } from '../../kit/blocks.ts';
import { choices, many, one, option, zoneGroups } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';

/** Months on offer; earlier ones by their dates. */
const MONTHS_BACK = 13;
const { action, field } = IDS;

export interface ExportForm {
  facts: ExportFacts;
  person: Person;
  people: readonly { id: bigint; name: string }[];
  now: Date;
  /** The period that was chosen: a month, or `dates`; undefined: that of the facts. */
  period?: string;
  /** What the conversation it was asked in is called; null where the file cannot go there. */
  channelName: string | null;
}

/** The modal in which an export is asked for, filled in with what was being looked at. */
export function exportFormView(form: ExportForm): ModalView {
  return modal(IDS.view.exportForm, encodeFormToken(form), {
    title: copy.title,
    blocks: [
      ...periodInputs(form),
      ...whoseInputs(form),
      input(field.exportZone, copy.zoneLabel, zoneSelect(form), { hint: copy.zoneHint }),
      input(
        field.exportName,
        copy.nameLabel,
        {
          type: 'plain_text_input',
          action_id: field.exportName,
          max_length: 80,
          placeholder: plain(copy.nameHint),
        },
        { isOptional: true },
      ),
      ...deliveryInput(form),
      { ...section(scheduleCopy.head), accessory: button(scheduleCopy.button, LINK_IDS.schedulesOpen) },
    ],
    submit: copy.submit,
    close: copy.close,
  });
}

/** The modal with a text only. */
export function exportText(text: string): ModalView {
  return modal(IDS.view.exportResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: copy.close,
  });
}

/** The form's token, and behind it what its conversation is called, which nothing else remembers. */
function encodeFormToken({ facts, channelName }: ExportForm): string {
  return channelName === null ? facts.token : `${facts.token}.${channelName}`;
}

/** Reads them again: the token is looked up, and the name is only shown. */
export function decodeFormToken(text: string): { token: string; channelName: string | null } {
  const [token = '', ...name] = text.split('.');
  return { token, channelName: name.length === 0 ? null : name.join('.') };
}

function periodInputs({ facts, now, period }: ExportForm): KnownBlock[] {
  const { query, timeZone } = facts;
  const months = Array.from({ length: MONTHS_BACK }, (_, before) => monthOf(now, timeZone, before));
  const options = [
    ...months.map((month) => option(copy.month(month), month)),
    option(copy.datesOption, 'dates'),
  ];
  const isMonth = (month: string): boolean => {
    const period = monthPeriod(month, timeZone);
    return period?.from.getTime() === query.from.getTime() && period.to.getTime() === query.to.getTime();
  };
  const wanted = period ?? months.find(isMonth) ?? 'dates';
  const date = (id: string, label: string, day: string): InputBlock =>
    input(id, label, { type: 'datepicker', action_id: id, initial_date: day });
  return [
    {
      ...input(action.exportPeriod, copy.periodLabel, one(action.exportPeriod, options, wanted)),
      // The dates are asked for by a custom range alone.
      dispatch_action: true,
    },
    ...(wanted === 'dates'
      ? [
          date(field.exportFrom, copy.fromLabel, dayOf(query.from, timeZone)),
          date(field.exportTo, copy.toLabel, dayOf(new Date(query.to.getTime() - 1), timeZone)),
        ]
      : []),
  ];
}

function whoseInputs({ facts, person, people }: ExportForm): KnownBlock[] {
  const { query } = facts;
  const offices = namedOptions(visibleOffices(person));
  const kinds = Object.entries(kindNames).map(([kind, name]) => option(name, kind));
  const select = (id: string, label: string, options: PlainTextOption[], chosen: readonly unknown[] = []) =>
    input(id, label, many(id, options, chosen.map(String), copy.all), { isOptional: true });
  return [
    ...(people.length === 0
      ? []
      : [select(field.exportPeople, copy.peopleLabel, namedOptions(people), query.memberIds)]),
    ...(offices.length < 2 ? [] : [select(field.exportOffices, copy.officesLabel, offices, query.officeIds)]),
    select(field.exportKinds, copy.kindsLabel, kinds, query.categories),
  ];
}

/** People or offices, as a menu offers them. */
export function namedOptions(list: readonly { id: bigint; name: string }[]): PlainTextOption[] {
  return list.map(({ id, name }) => option(name, id.toString()));
}

function zoneSelect({ facts, person }: ExportForm): InputBlock['element'] {
  const groups = zoneGroups([facts.timeZone, person.company.timeZone]);
  return {
    type: 'static_select',
    action_id: field.exportZone,
    option_groups: groups,
    initial_option: option(facts.timeZone, facts.timeZone),
  };
}

function deliveryInput({ channelName }: ExportForm): KnownBlock[] {
  if (channelName === null)
    return [
      input(field.exportChannel, copy.channelLabel, channelSelect(), {
        isOptional: true,
        hint: copy.channelHint,
      }),
    ];
  const options = [option(copy.toYouOption, 'me'), option(copy.toChannelOption(channelName), 'channel')];
  return [input(field.exportDeliver, copy.deliverLabel, choices(field.exportDeliver, options, 'me'))];
}

function channelSelect(): ConversationsSelect {
  return {
    type: 'conversations_select',
    action_id: field.exportChannel,
    placeholder: plain(copy.toMe),
    filter: {
      include: ['public', 'private'],
      exclude_bot_users: true,
      exclude_external_shared_channels: true,
    },
  };
}

function input(
  id: string,
  label: string,
  element: InputBlock['element'],
  { isOptional = false, hint }: { isOptional?: boolean; hint?: string } = {},
): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label),
    element,
    ...(isOptional ? { optional: true } : {}),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
  };
}
