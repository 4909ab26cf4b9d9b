import { type ErrorCode, RefillError } from '../../../errors.ts';
import { describeRefusal } from '../../refusals.ts';
import { IDS } from './ids.ts';

const FIELDS: Partial<Record<ErrorCode, string>> = {
  'cap-below-amount': IDS.field.cap,
  'cap-not-yours': IDS.field.cap,
  'cap-not-raised': IDS.field.cap,
};

/** What is wrong with a choice and in which field, or null when the error is about something else. */
export function explainFault(error: unknown): { field: string; sentence: string } | null {
  const sentence = describeRefusal('rechargeField', error);
  if (!(error instanceof RefillError) || sentence === null) return null;
  return { field: FIELDS[error.code] ?? IDS.field.amount, sentence };
}

/** The same where there is no field; anything else is thrown on. */
export function explainWithoutField(error: unknown): string {
  const sentence = describeRefusal('recharge', error);
  if (sentence === null) throw error;
  return sentence;
}
