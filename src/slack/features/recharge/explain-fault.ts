import { describeBy, type ErrorCode, type ErrorCopy, RefillError } from '../../../errors.ts';
import { IDS } from '../../ids.ts';
import { explainRefusal } from '../../refusals.ts';
import { rechargeWords as words } from '../../copy/index.ts';

const FAULTS: ErrorCopy = words.faults;

const FIELDS: Partial<Record<ErrorCode, string>> = {
  'cap-below-amount': IDS.field.cap,
  'cap-not-yours': IDS.field.cap,
  'cap-not-raised': IDS.field.cap,
};

/** What stands against a choice that is no fault of a field. */
const REFUSALS: ErrorCopy = {
  'no-card': () => words.noCard,
  'recharge-unknown': () => words.outdated,
  'recharge-changed': () => words.outdated,
  'resume-not-yours': () => words.resumeNotYours,
};

/** What is wrong with a choice and in which field, or null when the error is about something else. */
export function explainFault(error: unknown): { field: string; sentence: string } | null {
  const sentence = describeBy(FAULTS, error);
  if (!(error instanceof RefillError) || sentence === null) return null;
  return { field: FIELDS[error.code] ?? IDS.field.amount, sentence };
}

/** The same where there is no field; anything else is thrown on. */
export function sayFault(error: unknown): string {
  const fault = explainFault(error);
  if (fault !== null) return fault.sentence;
  const refusal = explainRefusal(error);
  if (refusal !== null) return `${refusal} Nothing was changed.`;
  const sentence = describeBy(REFUSALS, error);
  if (sentence === null) throw error;
  return sentence;
}
