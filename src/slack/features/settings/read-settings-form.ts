import { z } from 'zod';
import { keyOfSetting, type Setting } from '../../../billing/index.ts';
import { parseDollars } from '../../../money.ts';
import { describeFault } from '../../copy/amounts.ts';
import { settingsCopy as copy } from '../../copy/index.ts';
import { IDS } from './ids.ts';
import { areAlertsMany, blockOf, elementOf, isAlert, NO_DIGEST_OPTION } from './settings-form.ts';

const { field } = IDS;
const element = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string().max(150) }).nullish(),
  selected_conversation: z.string().nullish(),
});
const state = z.record(z.string(), z.record(z.string(), element));
type State = z.output<typeof state>;

export type SettingsReading =
  | { wanted: ReadonlyMap<string, string | null> }
  | { errors: Record<string, string> };

/**
 * Reads the modal as Slack sends it, by what it showed: whatever is not as rendered reads as left alone. A fault is told
 * on the field it stands in.
 */
export function readSettingsForm(values: unknown, settings: readonly Setting[]): SettingsReading {
  const held = state.safeParse(values).data ?? {};
  const errors: Record<string, string> = {};
  const wanted = new Map<string, string | null>();
  for (const setting of settings) {
    const block = blockOf(setting);
    const given = held[block]?.[elementOf(setting)];
    if (given === undefined) continue;
    const read = readOne(setting, given);
    if ('error' in read) errors[block] = read.error;
    else wanted.set(keyOfSetting(setting), read.value);
  }
  if (areAlertsMany(settings)) readAlert(held, settings, wanted, errors);
  if (Object.keys(errors).length > 0) return { errors };
  followGeneral(wanted);
  return { wanted };
}

type One = { value: string | null } | { error: string };

function readOne({ field: of, value }: Setting, given: z.output<typeof element>): One {
  switch (of) {
    case 'time_zone':
    case 'billing_day':
      return { value: given.selected_option?.value ?? value };
    case 'digest': {
      const chosen = given.selected_option?.value ?? value;
      return { value: chosen === NO_DIGEST_OPTION ? null : chosen };
    }
    case 'approval_limit':
    case 'alert_calls':
    case 'alert_ai':
      return readAmount(given.value ?? '');
    case 'legal_name':
    case 'po_number':
      return { value: emptyToNull((given.value ?? '').trim().replace(/\s+/g, ' ')) };
    case 'billing_address':
      return { value: emptyToNull(linesOf(given.value ?? '').join('\n')) };
    default:
      return { value: given.selected_conversation ?? null };
  }
}

function emptyToNull(text: string): string | null {
  return text === '' ? null : text;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Nothing typed means none. */
function readAmount(text: string): One {
  if (text.trim() === '') return { value: null };
  const read = parseDollars(text);
  return 'fault' in read ? { error: describeFault(read.fault) } : { value: read.amount.toFixed(2) };
}

/** Of many offices one was chosen, and its level typed. */
function readAlert(
  held: State,
  settings: readonly Setting[],
  wanted: Map<string, string | null>,
  errors: Record<string, string>,
): void {
  const key = held[field.alertOf]?.[field.alertOf]?.selected_option?.value;
  const typed = held[field.alertLevel]?.[field.alertLevel]?.value ?? '';
  const setting = settings.find((each) => isAlert(each) && keyOfSetting(each) === key);
  if (setting === undefined) {
    if (typed.trim() !== '') errors[field.alertOf] = copy.whichOffice;
    return;
  }
  const read = readAmount(typed);
  if ('error' in read) errors[field.alertLevel] = read.error;
  else wanted.set(keyOfSetting(setting), read.value);
}

/** A topic that goes where everything goes has no channel of its own, and follows it when that is another. */
function followGeneral(wanted: Map<string, string | null>): void {
  const general = wanted.get('channel_any') ?? null;
  for (const [key, value] of wanted)
    if (key.startsWith('channel_') && key !== 'channel_any' && value === general) wanted.set(key, null);
}
