import { requireRight } from '../../access/require-person.ts';
import { generalCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import { orWithoutData } from '../../kit/or-without-data.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replaceClicked } from '../../kit/reply.ts';
import { renderRecords } from './render-records.ts';
import { decodeState } from './usage-state.ts';

/** [View records], [Newer], [Older]: a page of them where the sums or another page stood. */
export const showRecords: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_usage');
  const state = decodeState(readActionValue(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  const rendered = await renderRecords(ctx, person, state);
  await orWithoutData(rendered, (message) => replaceClicked(client, body, message));
};
