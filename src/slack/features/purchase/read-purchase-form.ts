import { z } from 'zod';
import { type Money, parseDollars } from '../../../money.ts';
import { decodeScope, type Scope } from '../../../org/index.ts';
import { describeFault } from '../../copy/amounts.ts';
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
