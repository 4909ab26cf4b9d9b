import { z } from 'zod';
import { RefillError } from '../../errors.ts';
import { storableText } from '../../outside-text.ts';

const MAX_SHOWN = 60;

/**
 * What follows the question mark, by an endpoint's schema: a list takes a name several times, everything else once. Throws
 * RefillError `bad-query`, which names every parameter that is wrong.
 */
export function readQuery<Query extends z.ZodObject>(query: Query, url: string): z.output<Query> {
  const [, search = ''] = url.split(/\?(.*)/s, 2);
  const given = new URLSearchParams(search);
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const all = given.getAll(name);
    const schema: unknown = query.shape[name];
    if (schema === undefined) faults.push(describeUnknown(name, Object.keys(query.shape)));
    else if (all.some((value) => storableText(value) !== value)) faults.push(`${name}: must not contain NUL`);
    else if (isList(schema)) values[name] = all;
    else if (all.length > 1) faults.push(`${name}: is there ${all.length} times; once is taken`);
    else values[name] = all[0];
  }
  const parsed = query.safeParse(values);
  faults.push(...(parsed.error?.issues ?? []).map((issue) => describe(issue, values)));
  if (!parsed.success || faults.length > 0) throw new RefillError('bad-query', faults.join('; '));
  return parsed.data;
}

/** Whether a parameter may be there several times. */
export function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return isList(schema.unwrap());
  return schema instanceof z.ZodArray;
}

function describeUnknown(name: string, names: readonly string[]): string {
  const known = names.length === 0 ? 'there are none here' : `there are ${names.join(', ')}`;
  return `${name.slice(0, MAX_SHOWN)}: is not a parameter; ${known}`;
}

function describe(issue: z.core.$ZodIssue, values: Readonly<Record<string, unknown>>): string {
  const name = String(issue.path[0] ?? '');
  return values[name] === undefined ? `${name}: is missing` : `${name}: ${issue.message}`;
}
