import type { z } from 'zod';
import type { AccountSettings } from './account.ts';
import type { Behaviour } from './behaviour.ts';
import type { BooksTx, CreatedRange, ListField, Stored } from './books.ts';
import { noSuch } from './errors.ts';
import { OBJECT_KINDS } from './ids.ts';
import type { Kind, Resources } from './objects.ts';
import type { Form } from './read-form.ts';
import { readParams } from './read-params.ts';

/** What a handler is given: one transaction, one instant, and how the switches stand. */
export interface Call<P> {
  tx: BooksTx;
  params: P;
  /** Values of the `:names` in the address. */
  path: Record<string, string>;
  /** The one clock's time. */
  now: Date;
  /** The machine's time, for what strangers' clocks must agree on. */
  wallNow: Date;
  behaviour: Behaviour;
  account: AccountSettings;
  /** Where the hosted pages are, without a trailing slash. */
  publicUrl: string;
  /** What the account's key is for: real money or play money, as each object's `livemode` says. */
  isLive: boolean;
  request: { id: string | null; idempotencyKey: string | null };
}

/** An answer that is committed and, with a key, saved. `isSilent` commits it and never sends it. */
export interface Reply {
  status: number;
  body: unknown;
  isSilent?: boolean;
}

/** One row of the routing table. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Checks the parameters before anything is executed; throws a 400. */
  check(form: Form): void;
  run(call: Call<Form>): Promise<Reply>;
}

/** A row of the routing table: method, address pattern, the parameters it takes, and what it does. */
export function endpoint<S extends z.ZodType>(
  method: Endpoint['method'],
  path: string,
  schema: S,
  run: (call: Call<z.output<S>>) => Promise<Reply>,
): Endpoint {
  return {
    method,
    path,
    check: (form) => void readParams(schema, form),
    run: (call) => run({ ...call, params: readParams(schema, call.params) }),
  };
}

/** 200 with this object. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** The object named in the address, locked for a change; 404 when there is none. */
export async function lockNamed<K extends Kind>(call: Call<unknown>, kind: K): Promise<Stored<K>> {
  const id = call.path.id ?? '';
  const found = await call.tx.lock(kind, id);
  if (found === undefined) throw noSuch(OBJECT_KINDS[kind].words, id, 'id', 404);
  return found;
}

/** A handler that answers with the object named in the address. */
export function retrieve<K extends Kind>(kind: K): (call: Call<unknown>) => Promise<Reply> {
  return async (call) => {
    const id = call.path.id ?? '';
    const found = await call.tx.find(kind, id);
    if (found === undefined) throw noSuch(OBJECT_KINDS[kind].words, id, 'id', 404);
    return ok(found.body);
  };
}

/** The object that a parameter names; 400 when there is none. */
export async function findGiven<K extends Kind>(
  call: Call<unknown>,
  kind: K,
  id: string,
  param: string,
): Promise<Stored<K>> {
  const found = await call.tx.find(kind, id);
  if (found === undefined) throw noSuch(OBJECT_KINDS[kind].words, id, param, 400);
  return found;
}

/** The paging parameters, as parsed. */
export interface PageParams {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?: CreatedRange | undefined;
}

/** A page of objects, newest first, in the API's list envelope. `limit` is 1 to 100, 10 unless told. */
export async function listPage<K extends Kind>(
  call: Call<PageParams>,
  kind: K,
  url: string,
  where: Partial<Record<ListField, string | undefined>>,
): Promise<Reply> {
  const { starting_after: startingAfter, ending_before: endingBefore, created } = call.params;
  const limit = Math.min(Math.max(call.params.limit ?? 10, 1), 100);
  if (startingAfter !== undefined) await findGiven(call, kind, startingAfter, 'starting_after');
  if (endingBefore !== undefined) await findGiven(call, kind, endingBefore, 'ending_before');
  const rows: Resources[K][] = await call.tx.list(kind, {
    where,
    created,
    limit,
    startingAfter,
    endingBefore,
  });
  const data = rows.slice(0, limit);
  if (startingAfter === undefined && endingBefore !== undefined) data.reverse();
  return ok({ object: 'list', data, has_more: rows.length > limit, url });
}
