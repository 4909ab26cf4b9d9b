import { redeemLinkCode } from '../../../org/index.ts';
import { requireFullMember } from '../../access/require-person.ts';
import { generalCopy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';

/** `/credits link CODE`: binds this workspace to the company whose operator gave the code. Returns what to say. */
export async function linkWorkspace(ctx: SlackContext, who: Who, code: string): Promise<string> {
  if (code === '') throw new Refusal(generalCopy.linkNeedsCode);
  await requireFullMember(ctx, who, { isFresh: true });
  const company = await orRefuse('link', () => redeemLinkCode(ctx, who, code));
  return generalCopy.linked(escapeText(company.name));
}
