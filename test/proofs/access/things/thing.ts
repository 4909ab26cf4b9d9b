import { findPerson, type Person, type Scope } from '../../../../src/org/index.ts';
import type { Estate } from '../estate.ts';
import type { World } from '../world.ts';

/** Whose thing it is: of which company, of its first or its second office, opened by whom. */
export interface Place {
  world: World;
  estate: Estate;
  office: 0 | 1;
  owner: Person;
}

/** What a request carries that names a thing. */
export interface Carried {
  /** Of a button, or what was typed after a command. */
  value?: string;
  /** Chosen from a list. */
  selected?: string;
  /** `private_metadata` of the window. */
  metadata?: string;
  /** The id of the block that was clicked in. */
  block?: string;
  /** What was filled in, as Slack sends it. */
  values?: unknown;
}

export interface Thing {
  make(place: Place): Promise<Carried>;
  /** Lets it be over or changed, so that a request which names it comes too late. */
  age?(place: Place, carried: Carried): Promise<void>;
}

export const officeOf = ({ estate: { company }, office }: Place): bigint => company.officeIds[office] ?? 0n;
export const scopeOf = (place: Place): Scope => ({ kind: 'office', officeId: officeOf(place) });
export const walletOf = ({ estate, office }: Place): bigint => estate.wallets[office];

/** Somebody of the company by their id. */
export async function personOf({ world, estate }: Place, userId: string): Promise<Person> {
  const person = await findPerson(world.app.db, { teamId: estate.company.teamId, userId });
  if (person === null) throw new Error(`${userId} is nobody there`);
  return person;
}

/** A field that was filled in with a text. */
export const typed = (id: string, value: string) => ({ [id]: { [id]: { type: 'plain_text_input', value } } });
/** A field in which one was chosen. */
export const chosen = (id: string, value: string) => ({
  [id]: { [id]: { type: 'static_select', selected_option: { value } } },
});
/** A field in which several were chosen. */
export const many = (id: string, values: readonly string[]) => ({
  [id]: { [id]: { selected_options: values.map((value) => ({ value })) } },
});

/** The token of what carries a mark behind it. */
export const tokenIn = ({ value, metadata }: Carried): string =>
  (metadata ?? value ?? '').split('.')[0] ?? '';
