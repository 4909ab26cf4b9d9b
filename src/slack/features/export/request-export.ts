import { RefillError } from '../../../errors.ts';
import { fileNameFor, requestExport } from '../../../usage/index.ts';
import { Refusal, requireUsageReader } from '../../access/require-person.ts';
import type { SlackContext } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { exportWords as words } from '../../copy/index.ts';
import { exportWordsView } from './export-form.ts';
import { readExportForm } from './read-export-form.ts';

/** Asks for the file. What is wrong is told on its field; what may not be asked for is refused, whatever the form says. */
export async function submitExport(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireUsageReader(ctx, submission.who);
  const form = readExportForm(submission.values);
  if (!form.ok) return { response_action: 'errors', errors: form.errors };
  const { query, timeZone, fileName } = form.choice;
  try {
    const facts = await requestExport(ctx, person, submission.token, {
      ...form.choice,
      fileName: fileName ?? fileNameFor(query, timeZone),
    });
    return { response_action: 'update', view: exportWordsView(words.asked(facts)) };
  } catch (error) {
    if (!(error instanceof RefillError)) throw error;
    if (error.code === 'bad-range')
      return { response_action: 'errors', errors: { [IDS.field.exportPeriod]: words.tooLong } };
    if (error.code === 'too-many-exports')
      return { response_action: 'errors', errors: { [IDS.field.exportPeriod]: words.tooMany } };
    if (error.code === 'not-allowed') throw new Refusal(words.notAllowed);
    throw error;
  }
}
