import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { hasCode } from '../../../errors.ts';
import { cancelExport } from '../../../usage/index.ts';
import { Refusal, requirePerson } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { readActionValue } from '../../kit/click.ts';
import { exportWords } from '../../copy/index.ts';

/**
 * Cancel, in the message that tells how an export goes. Its asker may, and a company admin; the message is drawn anew by
 * whoever works on the export, so that nothing said earlier can cover it.
 */
export async function cancelExportClick(
  ctx: SlackContext,
  _client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requirePerson(ctx, who);
  try {
    const { state } = await cancelExport(ctx, person, readActionValue(body));
    if (state !== 'cancelled') throw new Refusal(exportWords.tooLateToCancel);
  } catch (error) {
    if (hasCode(error, 'not-allowed')) throw new Refusal(exportWords.notYours);
    throw error;
  }
}
