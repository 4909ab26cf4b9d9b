import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { dayOf, monthOf, monthPeriod } from '../../../calendar.ts';
import { type Person, visibleOffices } from '../../../org/index.ts';
import type { ExportFacts } from '../../../usage/index.ts';
import { quiet, section } from '../../kit/blocks.ts';
import { choices, many, one, option, zoneGroups } from '../../kit/form-fields.ts';
import { IDS } from '../../ids.ts';
import { modal, plain } from '../../screens/purchase-modal.ts';
import { kindNames, exportWords as words } from '../../copy/index.ts';

/** Months on offer; earlier ones by their dates. */
const MONTHS_BACK = 13;
const { field } = IDS;

export interface ExportForm {
  facts: ExportFacts;
  person: Person;
  people: readonly { id: bigint; name: string }[];
  /** More people than are listed. */
  now: Date;
  /** What the conversation it was asked in is called; null where the file cannot go there. */
  channelName: string | null;
}

/** The window in which an export is asked for, filled in with what was being looked at. */
export function exportFormView(form: ExportForm): ModalView {
  return modal(IDS.view.exportForm, form.facts.token, {
    title: words.title,
    blocks: [
      ...periodInputs(form),
      ...whoseInputs(form),
      input(field.exportZone, words.zoneLabel, zoneSelect(form), { hint: words.zoneHint }),
      input(
        field.exportName,
        words.nameLabel,
        {
          type: 'plain_text_input',
          action_id: field.exportName,
          max_length: 80,
          placeholder: plain(words.nameHint),
        },
        { isOptional: true },
      ),
      ...deliveryInput(form),
    ],
    submit: words.submit,
    close: words.close,
  });
}

/** The same frame with words only. */
export function exportWordsView(text: string): ModalView {
  return modal(IDS.view.exportResult, '', {
    title: words.title,
    blocks: [section(text)],
    close: words.close,
  });
}

function periodInputs({ facts, now }: ExportForm): KnownBlock[] {
  const { query, timeZone } = facts;
  const months = Array.from({ length: MONTHS_BACK }, (_, before) => monthOf(now, timeZone, before));
  const options = [
    ...months.map((month) => option(words.month(month), month)),
    option(words.datesOption, 'dates'),
  ];
  const isMonth = (month: string): boolean => {
    const period = monthPeriod(month, timeZone);
    return period?.from.getTime() === query.from.getTime() && period.to.getTime() === query.to.getTime();
  };
  const wanted = months.find(isMonth) ?? 'dates';
  const date = (id: string, label: string, day: string): InputBlock =>
    input(
      id,
      label,
      { type: 'datepicker', action_id: id, ...(wanted === 'dates' ? { initial_date: day } : {}) },
      { isOptional: true },
    );
  return [
    input(field.exportPeriod, words.periodLabel, one(field.exportPeriod, options, wanted)),
    date(field.exportFrom, words.fromLabel, dayOf(query.from, timeZone)),
    date(field.exportTo, words.toLabel, dayOf(new Date(query.to.getTime() - 1), timeZone)),
  ];
}

function whoseInputs({ facts, person, people }: ExportForm): KnownBlock[] {
  const { query } = facts;
  const offices = namedOptions(visibleOffices(person));
  const kinds = Object.entries(kindNames).map(([kind, name]) => option(name, kind));
  const select = (id: string, label: string, options: PlainTextOption[], chosen: readonly unknown[] = []) =>
    input(id, label, many(id, options, chosen.map(String), words.all), { isOptional: true });
  return [
    ...(people.length === 0
      ? []
      : [select(field.exportPeople, words.peopleLabel, namedOptions(people), query.memberIds)]),
    ...(offices.length < 2
      ? []
      : [select(field.exportOffices, words.officesLabel, offices, query.officeIds)]),
    select(field.exportKinds, words.kindsLabel, kinds, query.categories),
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
  if (channelName === null) return [quiet(words.toYou)];
  const options = [option(words.toYouOption, 'me'), option(words.toChannelOption(channelName), 'channel')];
  return [input(field.exportDeliver, words.deliverLabel, choices(field.exportDeliver, options, 'me'))];
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
