import { z } from 'zod';
import { type Money, parseDollars } from '../../../money.ts';
import { decodeScope, encodeScope, type Scope } from '../../../org/index.ts';
import { describeFault } from '../../copy/amounts.ts';
import { purchaseCopy } from '../../copy/index.ts';
import { IDS } from '../../screens/ids.ts';

const choiceState = z.object({ selected_option: z.object({ value: z.string() }).nullish() });
const textState = z.object({ value: z.string().nullish() });

/** The state of the form as Slack sends it; whatever is not as rendered reads as not filled in. */
const formState = z.object({
  [IDS.field.scope]: z.object({ [IDS.field.scope]: choiceState }).optional(),
  [IDS.field.choice]: z.object({ [IDS.field.choice]: choiceState }).optional(),
  [IDS.field.other]: z.object({ [IDS.field.other]: textState }).optional(),
  [IDS.field.payCard]: z.object({ [IDS.field.payCard]: choiceState }).optional(),
});

interface Chosen {
  /** Null where the form offered no choice. */
  scope: Scope | null;
  /** Another card than the default one; null: as the company pays. */
  cardId: bigint | null;
}

export type FormReading =
  | ({ ok: true; amount: Money } & Chosen)
  | ({ ok: false; errors: Record<string, string> } & Chosen);

/** Reads step 1. What is typed wins over a preset. A fault is shown on the field it stands in. */
export function readForm(values: unknown): FormReading {
  const state = formState.safeParse(values).data ?? {};
  const chosen: Chosen = {
    scope: decodeScope(state.scope?.scope.selected_option?.value),
    cardId: readCard(state.pay_card?.pay_card.selected_option?.value),
  };
  const read = parseDollars(isTyped(state) ? typedIn(state) : (presetIn(state) ?? ''));
  if ('amount' in read) return { ok: true, amount: read.amount, ...chosen };
  return { ok: false, errors: { [amountField(values)]: describeFault(read.fault) }, ...chosen };
}

/** The field that the amount was given in: what stands against the amount is said there. */
export function amountField(values: unknown): string {
  const state = formState.safeParse(values).data ?? {};
  return isTyped(state) ? IDS.field.other : IDS.field.choice;
}

type FormState = z.infer<typeof formState>;

const typedIn = (state: FormState): string => state.other?.other.value?.trim() ?? '';
const presetIn = (state: FormState): string | undefined => state.choice?.choice.selected_option?.value;
const isTyped = (state: FormState): boolean =>
  typedIn(state) !== '' || (state.choice === undefined && state.other !== undefined);

function readCard(value: string | undefined): bigint | null {
  const id = /^card:(\d{1,18})$/.exec(value ?? '')?.[1];
  return id === undefined ? null : BigInt(id);
}

const lineState = z.record(z.string(), z.record(z.string(), z.looseObject({ value: z.string().nullish() })));

export type LinesReading =
  | { ok: true; lines: { scope: Scope; amount: Money }[]; cardId: bigint | null }
  | { ok: false; errors: Record<string, string> };

/** Reads step 1 for several offices: a field each, of which some are filled in. A fault is shown on its field. */
export function readLinesForm(values: unknown): LinesReading {
  const fields = Object.entries(lineState.safeParse(values).data ?? {}).flatMap(([block, state]) => {
    const scope = block.startsWith(`${IDS.field.line}:`)
      ? decodeScope(block.slice(IDS.field.line.length + 1))
      : null;
    return scope === null ? [] : [{ block, scope, typed: state[block]?.value?.trim() ?? '' }];
  });
  const filled = fields.filter(({ typed }) => typed !== '');
  const errors: Record<string, string> = {};
  const lines = filled.flatMap(({ block, scope, typed }) => {
    const read = parseDollars(typed);
    if ('amount' in read) return [{ scope, amount: read.amount }];
    errors[block] = describeFault(read.fault);
    return [];
  });
  const [first] = fields;
  if (filled.length === 0 && first !== undefined) errors[first.block] = purchaseCopy.noLines;
  if (Object.keys(errors).length > 0 || lines.length === 0) return { ok: false, errors };
  return { ok: true, lines, cardId: readForm(values).cardId };
}

/** The field of the first office that is to get credits: what stands against the sum is said there. */
export function linesField([first]: readonly { scope: Scope }[]): string {
  return first === undefined ? IDS.field.line : `${IDS.field.line}:${encodeScope(first.scope)}`;
}
