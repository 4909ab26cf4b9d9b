import { MINUTE_MS } from '../../../durations.ts';
import type { ExportQuery } from '../../../usage/index.ts';

/** What a filter stands over: the sums of the usage, or its records. */
export type UsageFace = 'sums' | 'records';

/** As long as the id of a block may be. */
const MAX_CHARACTERS = 255;
const STORED = /^(sums|records);([0-9a-z]{1,9});([0-9a-z]{1,9})((?:;[odmk]=[\w,]+)*)$/;

/**
 * Which usage a filter narrows, as the id of its block: a choice from a menu brings nothing else of ours back. Null where it
 * is too long for one.
 */
export function encodeFilter(face: UsageFace, query: ExportQuery): string | null {
  const time = (at: Date): string => Math.round(at.getTime() / MINUTE_MS).toString(36);
  const list = (mark: string, values: readonly (bigint | string)[] | undefined): string[] =>
    values === undefined || values.length === 0 ? [] : [`${mark}=${values.join(',')}`];
  const text = [
    face,
    time(query.from),
    time(query.to),
    ...list('o', query.officeIds),
    ...list('d', query.departmentIds),
    ...list('m', query.memberIds),
    ...list('k', query.categories),
  ].join(';');
  return text.length > MAX_CHARACTERS ? null : text;
}

/** What the id of a filter's block says, null where it says nothing. Untrusted: rights are asked for again. */
export function decodeFilter(text: string): { face: UsageFace; query: ExportQuery } | null {
  const [, face, from, to, lists = ''] = STORED.exec(text) ?? [];
  if (face === undefined || from === undefined || to === undefined) return null;
  const listed = new Map(lists.split(';').map((part) => [part.slice(0, 1), part.slice(2).split(',')]));
  const ids = (mark: string): bigint[] | undefined => listed.get(mark)?.map(toId);
  const time = (minutes: string): Date => new Date(Number.parseInt(minutes, 36) * MINUTE_MS);
  const period = { from: time(from), to: time(to) };
  if (Number.isNaN(period.from.getTime()) || Number.isNaN(period.to.getTime())) return null;
  const [officeIds, departmentIds, memberIds] = [ids('o'), ids('d'), ids('m')];
  const categories = listed.get('k');
  return {
    face: face === 'sums' ? 'sums' : 'records',
    query: {
      ...period,
      ...(officeIds === undefined ? {} : { officeIds }),
      ...(departmentIds === undefined ? {} : { departmentIds }),
      ...(memberIds === undefined ? {} : { memberIds }),
      ...(categories === undefined ? {} : { categories }),
    },
  };
}

/** An id, or one that nothing has. */
export function toId(text: string): bigint {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
}
