import type { Shown } from '../../billing/index.ts';

/** What a form or button carries of a charge that it shows: the token, and the mark of what was shown. */
export function writeShown({ token, mark }: Shown): string {
  return `${token}.${mark}`;
}

/** The same of a try with a chosen card. */
export function writeCardChoice(card: { cardId: bigint; mark: string }, token: string): string {
  return `${writeShown({ token, mark: card.mark })}.${card.cardId}`;
}

/** Reads back what a button to pay carries. */
export function readCardChoice(text: string): Shown & { cardId?: bigint } {
  const cardId = /^\d{1,18}$/.exec(text.split('.')[2] ?? '')?.[0];
  return { ...readShown(text), ...(cardId === undefined ? {} : { cardId: BigInt(cardId) }) };
}

/** Reads it back; a token alone shows nothing, so its mark fits no charge. */
export function readShown(text: string): Shown {
  const [token = '', mark = ''] = text.split('.');
  return { token, mark };
}
