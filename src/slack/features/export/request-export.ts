import { fileNameFor, requestExport } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { exportCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { toRefusal } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { tryChannel } from '../../kit/try-channel.ts';
import { describeRefusal } from '../../refusals.ts';
import { decodeFormToken, exportText } from './export-form.ts';
import { IDS } from './ids.ts';
import { readExportForm } from './read-export-form.ts';

/** Asks for the file. What is wrong is shown on its field; what may not be asked for is refused, whatever the form says. */
export async function submitExport(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'see_usage');
  const form = readExportForm(submission.values);
  if (!form.ok) return showErrors(form.errors);
  const { query, timeZone, fileName, toChannel = null } = form.choice;
  const refused = toChannel === null ? null : await tryChannel(ctx, submission.who, toChannel);
  if (refused !== null) return showErrors({ [IDS.field.exportChannel]: refused });
  try {
    const facts = await requestExport(ctx, person, decodeFormToken(submission.token).token, {
      ...form.choice,
      fileName: fileName ?? fileNameFor(query, timeZone),
    });
    return showView(exportText(copy.asked(facts)));
  } catch (error) {
    const fault = describeRefusal('exportField', error);
    if (fault !== null) return showErrors({ [IDS.action.exportPeriod]: fault });
    throw toRefusal('export', error);
  }
}
