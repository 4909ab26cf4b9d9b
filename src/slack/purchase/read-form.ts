import { z } from 'zod';
import { type AmountFault, type Money, parseDollars } from '../../money.ts';
import type { Scope } from '../../org/index.ts';
import { IDS } from '../ids.ts';
import { purchaseWords } from '../words/en.ts';

const choiceState = z.object({ selected_option: z.object({ value: z.string() }).nullish() });
const textState = z.object({ value: z.string().nullish() });

/** The state of the form as Slack sends it; whatever is not as drawn reads as not filled in. */
const formState = z.object({
  [IDS.field.scope]: z.object({ [IDS.field.scope]: choiceState }).optional(),
  [IDS.field.choice]: z.object({ [IDS.field.choice]: choiceState }).optional(),
  [IDS.field.other]: z.object({ [IDS.field.other]: textState }).optional(),
});

export type FormReading =
  | { ok: true; amount: Money; scope: Scope | null }
  | { ok: false; errors: Record<string, string> };

/** Reads step 1. A fault is told on the field it stands in. `scope` is null where the form offered no choice. */
export function readForm(values: unknown): FormReading {
  const state = formState.safeParse(values);
  if (!state.success) return { ok: false, errors: { [IDS.field.choice]: purchaseWords.amountFaults.empty } };
  const choice = state.data.choice?.choice.selected_option?.value;
  const other = state.data.other?.other.value ?? '';
  const scope = readScope(state.data.scope?.scope.selected_option?.value);
  const hasOther = other.trim() !== '';
  if (choice !== 'other' && hasOther) return fault(IDS.field.other, purchaseWords.chooseOne);
  const read = parseDollars(choice === 'other' ? other : (choice ?? ''));
  if ('fault' in read) {
    return fault(choice === 'other' ? IDS.field.other : IDS.field.choice, describeFault(read.fault));
  }
  return { ok: true, amount: read.amount, scope };
}

export function describeFault(amountFault: AmountFault): string {
  return purchaseWords.amountFaults[amountFault];
}

function fault(field: string, sentence: string): FormReading {
  return { ok: false, errors: { [field]: sentence } };
}

function readScope(value: string | undefined): Scope | null {
  if (value === 'company') return { kind: 'company' };
  const office = /^office:(\d{1,18})$/.exec(value ?? '')?.[1];
  return office === undefined ? null : { kind: 'office', officeId: BigInt(office) };
}
