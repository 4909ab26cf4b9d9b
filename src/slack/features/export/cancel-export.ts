import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { cancelExport } from '../../../usage/index.ts';
import { requirePerson } from '../../access/require-person.ts';
import { exportCopy } from '../../copy/index.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';

/**
 * Cancel, in the message that tells how an export goes. Its asker may, and a company admin; the message is rendered anew by
 * whoever works on the export, so that nothing said earlier can cover it.
 */
export async function cancelExportClick(
  ctx: SlackContext,
  _client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requirePerson(ctx, who);
  const { state } = await orRefuse('exportCancel', () => cancelExport(ctx, person, readActionValue(body)));
  if (state !== 'cancelled') throw new Refusal(exportCopy.tooLateToCancel);
}
