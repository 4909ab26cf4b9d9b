import { createHash } from 'node:crypto';
import type {
  ConversationsSelect,
  InputBlock,
  KnownBlock,
  ModalView,
  PlainTextInput,
  PlainTextOption,
} from '@slack/types';
import { keyOfSetting, type Setting, type SettingsDraft } from '../../../billing/index.ts';
import type { QuietHours } from '../../../notices/index.ts';
import type { Company } from '../../../org/index.ts';
import {
  settingsCopy as copy,
  limitCopy,
  peopleCopy,
  quietHoursCopy,
  scheduleCopy,
  sharingCopy,
} from '../../copy/index.ts';
import { shorten } from '../../copy/mrkdwn.ts';
import { button, buttons, quiet, section } from '../../kit/blocks.ts';
import { longSelect, one, option, zoneGroups } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';

const { field } = IDS;
/** With more offices than these, one is chosen whose alert is to be another. */
const MAX_ALERTS = 8;
/** What the form has where no digest is posted: a menu always has a choice. */
export const NO_DIGEST_OPTION = 'none';
/** Days that every month has, and its last one. */
const DAYS = [...Array.from({ length: 28 }, (_, index) => String(index + 1)), '31'];

/**
 * The id of a setting's field. It follows from the value that is shown, so that a modal rendered again keeps what was
 * typed, but not where someone else set something new meanwhile.
 */
export function blockOf(setting: Setting): string {
  const shown = createHash('sha256').update(JSON.stringify(setting.value)).digest('hex').slice(0, 8);
  return `${keyOfSetting(setting)}~${shown}`;
}

/** The id of what is set in that field. */
export function elementOf(setting: Setting): string {
  return `${field.setting}:${keyOfSetting(setting)}`;
}

export function isAlert({ field: of }: Setting): boolean {
  return of === 'alert_calls' || of === 'alert_ai';
}

/** Whether alerts are set one at a time, as there are too many to list. */
export function areAlertsMany(settings: readonly Setting[]): boolean {
  return settings.filter(isAlert).length > MAX_ALERTS;
}

/** Everything that this person may set, filled in with how it is. `notice`: why it was not saved. */
export function settingsForm(
  { token, settings }: SettingsDraft,
  company: Company,
  hours: QuietHours | null,
  notice: string | null = null,
): ModalView {
  const channels = settings.filter(isChannel);
  const alerts = settings.filter(isAlert);
  return modal(IDS.view.settingsForm, token, {
    title: notice === null ? copy.title : copy.staleTitle,
    blocks: [
      ...(notice === null ? [] : [section(notice)]),
      ...(channels.length === 0 ? [] : [section(copy.channelsHead), ...channels.map(channelInput)]),
      ...(alerts.length === 0 ? [] : [section(copy.alertsHead), ...alertInputs(settings)]),
      ...settings.flatMap((setting) => {
        switch (setting.field) {
          case 'approval_limit':
            return limitInputs(setting, company);
          case 'time_zone':
            return [section(copy.calendarHead), zoneInput(setting)];
          case 'billing_day':
            return [dayInput(setting), sharingBlock(company)];
          case 'digest':
            return [digestInput(setting), quietHoursBlock(hours)];
          case 'legal_name':
            return [section(copy.detailsHead), detailInput(setting, setting.field, company)];
          case 'billing_address':
          case 'po_number':
            return [detailInput(setting, setting.field, company)];
          default:
            return [];
        }
      }),
      ...(settings.some(({ field: of }) => of === 'approval_limit')
        ? [
            section(copy.peopleHead),
            buttons(
              button(peopleCopy.button, LINK_IDS.peopleOpen),
              button(limitCopy.button, LINK_IDS.limitsOpen),
              button(scheduleCopy.button, LINK_IDS.schedulesOpen),
            ),
          ]
        : []),
      // Again at the end, for whoever stays scrolled down to what they typed last.
      ...(notice === null ? [] : [section(notice)]),
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

/** The modal with a text only. */
export function settingsText(text: string): ModalView {
  return modal(IDS.view.settingsResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: copy.close,
  });
}

type ChannelSetting = Setting & { field: Extract<Setting['field'], `channel_${string}`> };

function isChannel(setting: Setting): setting is ChannelSetting {
  return setting.field.startsWith('channel_');
}

function channelInput(setting: ChannelSetting): InputBlock {
  const isGeneral = setting.field === 'channel_any';
  const element: ConversationsSelect = {
    type: 'conversations_select',
    action_id: elementOf(setting),
    placeholder: plain(isGeneral ? copy.chooseChannel : copy.sameChannel),
    filter: {
      include: ['public', 'private'],
      exclude_bot_users: true,
      exclude_external_shared_channels: true,
    },
    ...(setting.value === null ? {} : { initial_conversation: setting.value }),
  };
  const isOptional = !isGeneral || setting.value === null;
  return input(setting, copy.labels[setting.field], element, { isOptional });
}

function alertInputs(settings: readonly Setting[]): KnownBlock[] {
  const alerts = settings.filter(isAlert);
  if (!areAlertsMany(settings))
    return alerts.map((setting) =>
      input(setting, copy.alertLabel(setting), amountElement(setting), { isOptional: true }),
    );
  return [
    {
      type: 'input',
      block_id: field.alertOf,
      optional: true,
      label: plain(copy.alertOfLabel),
      element: longSelect(field.alertOf, alertOptions(settings), { placeholder: copy.chooseOffice }),
    },
    {
      type: 'input',
      block_id: field.alertLevel,
      optional: true,
      label: plain(copy.alertLevelLabel),
      hint: plain(copy.alertLevelHint),
      element: { type: 'plain_text_input', action_id: field.alertLevel, max_length: 40 },
    },
  ];
}

/** Each alert that can be set, as the menu offers it where there are many. */
export function alertOptions(settings: readonly Setting[]): PlainTextOption[] {
  return settings.filter(isAlert).map((setting) => option(copy.alertOption(setting), keyOfSetting(setting)));
}

function limitInputs(setting: Setting, company: Company): KnownBlock[] {
  return [
    section(copy.limitsHead),
    input(setting, copy.labels.approval_limit, amountElement(setting), {
      isOptional: true,
      hint: copy.approvalHint(company.approvalLimits.operator),
    }),
    quiet(copy.operatorLimits(company)),
  ];
}

function amountElement(setting: Setting): PlainTextInput {
  const { value } = setting;
  return {
    type: 'plain_text_input',
    action_id: elementOf(setting),
    max_length: 40,
    placeholder: plain(copy.none),
    ...(value === null ? {} : { initial_value: value }),
  };
}

function zoneInput(setting: Setting): InputBlock {
  const zone = setting.value ?? 'UTC';
  return input(
    setting,
    copy.labels.time_zone,
    {
      type: 'static_select',
      action_id: elementOf(setting),
      option_groups: zoneGroups([zone]),
      initial_option: option(zone, zone),
    },
    { hint: copy.zoneHint },
  );
}

function dayInput(setting: Setting): InputBlock {
  const day = setting.value ?? '1';
  const days = DAYS.includes(day) ? DAYS : [...DAYS, day].toSorted((a, b) => Number(a) - Number(b));
  const options = days.map((each) => option(copy.dayOption(each), each));
  return input(setting, copy.labels.billing_day, one(elementOf(setting), options, day), {
    hint: copy.dayHint,
  });
}

function digestInput(setting: Setting): InputBlock {
  const choices = [NO_DIGEST_OPTION, 'week', 'month'] as const;
  const options = choices.map((each) => option(copy.digestOption(each), each));
  return input(
    setting,
    copy.labels.digest,
    one(elementOf(setting), options, setting.value ?? NO_DIGEST_OPTION),
    {
      hint: copy.digestHint,
    },
  );
}

/** What receipts and invoices print of the company. */
function detailInput(
  setting: Setting,
  of: 'legal_name' | 'billing_address' | 'po_number',
  company: Company,
): InputBlock {
  const { value } = setting;
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: elementOf(setting),
    ...(of === 'billing_address' ? { multiline: true } : { max_length: 100 }),
    ...(value === null ? {} : { initial_value: value }),
  };
  const hint =
    of === 'legal_name'
      ? copy.legalNameHint(company.name)
      : of === 'billing_address'
        ? copy.addressHint
        : null;
  return input(setting, copy.labels[of], element, { isOptional: true, ...(hint === null ? {} : { hint }) });
}

/** When channels are quiet, with the way to change it: a form of its own. */
function quietHoursBlock(hours: QuietHours | null): KnownBlock {
  return {
    ...section(quietHoursCopy.settingsHead(hours)),
    accessory: button(quietHoursCopy.settingsButton, LINK_IDS.quietOpen),
  };
}

/** How credits are shared, with the way to change it: a change of its own, reviewed by itself (R5). */
function sharingBlock({ pooled }: Company): KnownBlock {
  const sharing = pooled ? 'company' : 'per_office';
  return {
    ...section(sharingCopy.settingsHead(sharing)),
    accessory: button(sharingCopy.settingsButton(sharing), LINK_IDS.sharingOpen),
  };
}

function input(
  setting: Setting,
  label: string,
  element: InputBlock['element'],
  { isOptional = false, hint }: { isOptional?: boolean; hint?: string } = {},
): InputBlock {
  return {
    type: 'input',
    block_id: blockOf(setting),
    label: plain(shorten(label, 150)),
    element,
    ...(isOptional ? { optional: true } : {}),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
  };
}
