import { z } from 'zod';
import { daysPeriod, isTimeZone, monthPeriod, type Period } from '../../../calendar.ts';
import { type ExportChoice, tidyFileName } from '../../../usage/index.ts';
import { exportCopy as copy, kindNames } from '../../copy/index.ts';
import { IDS } from './ids.ts';

const { action, field } = IDS;
const chosen = z.object({ value: z.string() });
const holding = <K extends string, T extends z.ZodType>(id: K, state: T) =>
  z.object({ [id]: z.record(z.string(), state) }).transform((held) => held[id]?.[id]);

const single = z.object({ selected_option: chosen.nullish() });
const multiple = z.object({ selected_options: z.array(chosen).nullish() });
const dated = z.object({ selected_date: z.string().nullish() });
const typed = z.object({ value: z.string().nullish() });
const channel = z.object({ selected_conversation: z.string().max(50).nullish() });

/** Reads one input of the form as Slack sends it; whatever is not as rendered reads as not filled in. */
function read<T extends z.ZodType>(values: unknown, id: string, state: T): z.output<T> | undefined {
  const parsed = holding(id, state).safeParse(values);
  return parsed.success ? parsed.data : undefined;
}

export type ExportReading =
  | { ok: true; choice: Omit<ExportChoice, 'fileName'> & { fileName: string | null } }
  | { ok: false; errors: Record<string, string> };

/** Reads the form. A fault is shown on the field it stands in; a null file name is one that follows from the period. */
export function readExportForm(values: unknown): ExportReading {
  const timeZone = read(values, field.exportZone, single)?.selected_option?.value ?? '';
  if (!isTimeZone(timeZone)) return fault(field.exportZone, copy.badZone);
  const period = readPeriodFields(values, timeZone);
  if ('errors' in period) return { ok: false, errors: period.errors };
  const name = read(values, field.exportName, typed)?.value?.trim() ?? '';
  const fileName = name === '' ? null : tidyFileName(name);
  if (name !== '' && fileName === null) return fault(field.exportName, copy.badName);
  const kinds = list(values, field.exportKinds).filter((kind) => kind in kindNames);
  const [memberIds, officeIds] = [ids(values, field.exportPeople), ids(values, field.exportOffices)];
  return {
    ok: true,
    choice: {
      query: {
        ...period,
        ...(officeIds.length === 0 ? {} : { officeIds }),
        ...(memberIds.length === 0 ? {} : { memberIds }),
        ...(kinds.length === 0 ? {} : { categories: kinds }),
      },
      timeZone,
      fileName,
      toChannel: read(values, field.exportChannel, channel)?.selected_conversation ?? null,
      isForChannel: read(values, field.exportDeliver, single)?.selected_option?.value === 'channel',
    },
  };
}

function readPeriodFields(values: unknown, timeZone: string): Period | { errors: Record<string, string> } {
  const wanted = read(values, action.exportPeriod, single)?.selected_option?.value ?? '';
  const from = read(values, field.exportFrom, dated)?.selected_date ?? '';
  const to = read(values, field.exportTo, dated)?.selected_date ?? '';
  if (wanted !== 'dates') {
    const month = monthPeriod(wanted, timeZone);
    if (month === null) return { errors: { [action.exportPeriod]: copy.choosePeriod } };
    if (from !== '' || to !== '') return { errors: { [action.exportPeriod]: copy.monthAndDates } };
    return month;
  }
  // The dates were not on it yet: the form was sent before it showed them.
  if (!isShown(values, field.exportFrom)) return { errors: { [action.exportPeriod]: copy.chooseDates } };
  if (from === '') return { errors: { [field.exportFrom]: copy.chooseDay } };
  if (to === '') return { errors: { [field.exportTo]: copy.chooseDay } };
  return daysPeriod(from, to, timeZone) ?? { errors: { [field.exportTo]: copy.wrongWayRound } };
}

function isShown(values: unknown, id: string): boolean {
  return z.looseObject({ [id]: z.unknown() }).safeParse(values).success && id in Object(values);
}

function list(values: unknown, id: string): string[] {
  return (read(values, id, multiple)?.selected_options ?? []).map(({ value }) => value);
}

function ids(values: unknown, id: string): bigint[] {
  return list(values, id).flatMap((value) => (/^\d{1,18}$/.test(value) ? [BigInt(value)] : []));
}

function fault(id: string, sentence: string): ExportReading {
  return { ok: false, errors: { [id]: sentence } };
}
