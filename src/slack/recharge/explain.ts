import { RefillError } from '../../errors.ts';
import type { Money } from '../../money.ts';
import { IDS } from '../ids.ts';
import { explainRefusal } from '../purchase/explain.ts';
import { rechargeWords as words } from '../words/en.ts';

const FIELDS: Record<string, string> = {
  'cap-below-amount': IDS.field.cap,
  'cap-not-yours': IDS.field.cap,
  'cap-not-raised': IDS.field.cap,
};

/** What is wrong with a choice and in which field, or null when the error is about something else. */
export function explainFault(error: unknown): { field: string; sentence: string } | null {
  if (!(error instanceof RefillError)) return null;
  const limit = error.details.limit as Money | undefined;
  const say = words.faults[error.code];
  if (limit === undefined || say === undefined) return null;
  return { field: FIELDS[error.code] ?? IDS.field.amount, sentence: say(limit) };
}

/** The same where there is no field; anything else is thrown on. */
export function sayFault(error: unknown): string {
  const fault = explainFault(error);
  if (fault !== null) return fault.sentence;
  const refusal = explainRefusal(error);
  if (refusal !== null) return `${refusal} Nothing was changed.`;
  if (error instanceof RefillError) {
    if (error.code === 'no-card') return words.noCard;
    if (['recharge-unknown', 'recharge-changed'].includes(error.code)) return words.outdated;
    if (error.code === 'resume-not-yours') return words.resumeNotYours;
  }
  throw error;
}
