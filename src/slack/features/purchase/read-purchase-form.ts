import { z } from 'zod';
import { type Money, parseDollars } from '../../../money.ts';
import { decodeScope, type Scope } from '../../../org/index.ts';
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
});

export type FormReading =
  | { ok: true; amount: Money; scope: Scope | null }
  | { ok: false; errors: Record<string, string>; scope: Scope | null };

/** Reads step 1. A fault is shown on the field it stands in. `scope` is null where the form offered no choice. */
export function readForm(values: unknown): FormReading {
  const state = formState.safeParse(values);
  if (!state.success) return fault(IDS.field.choice, describeFault('empty'), null);
  const choice = state.data.choice?.choice.selected_option?.value;
  const other = state.data.other?.other.value ?? '';
  const scope = decodeScope(state.data.scope?.scope.selected_option?.value);
  const hasOther = other.trim() !== '';
  if (choice !== 'other' && hasOther) return fault(IDS.field.other, purchaseCopy.chooseOne, scope);
  const read = parseDollars(choice === 'other' ? other : (choice ?? ''));
  if ('fault' in read) {
    return fault(choice === 'other' ? IDS.field.other : IDS.field.choice, describeFault(read.fault), scope);
  }
  return { ok: true, amount: read.amount, scope };
}

/** The field that the amount was given in: what stands against the amount is said there. */
export function amountField(values: unknown): string {
  const choice = formState.safeParse(values).data?.choice?.choice.selected_option?.value;
  return choice === 'other' ? IDS.field.other : IDS.field.choice;
}

function fault(field: string, sentence: string, scope: Scope | null): FormReading {
  return { ok: false, errors: { [field]: sentence }, scope };
}
