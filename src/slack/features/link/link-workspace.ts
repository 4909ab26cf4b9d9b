import { RefillError } from '../../../errors.ts';
import { redeemLinkCode } from '../../../org/index.ts';
import { escapeText } from '../../kit/blocks.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { generalWords } from '../../copy/index.ts';
import { Refusal, requireFullMember } from '../../access/require-person.ts';

/** `/credits link CODE`: binds this workspace to the company whose operator gave the code. Returns what to say. */
export async function linkWorkspace(ctx: SlackContext, who: Who, code: string): Promise<string> {
  if (code === '') throw new Refusal(generalWords.linkNeedsCode);
  await requireFullMember(ctx, who, { isFresh: true });
  try {
    const company = await redeemLinkCode(ctx, who, code);
    return generalWords.linked(escapeText(company.name));
  } catch (error) {
    const sentence = error instanceof RefillError ? generalWords.linkRefused[error.code] : undefined;
    if (sentence === undefined) throw error;
    throw new Refusal(sentence);
  }
}
