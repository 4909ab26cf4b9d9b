const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENSION = new Set('\f^{}\\[~]|€');

/**
 * How many segments a text is billed as (R22): in GSM-7 one of 160 characters or several of 153, extension characters
 * counting double; with any other character UCS-2, one of 70 UTF-16 units or several of 67. No text is one segment.
 * By hand: the libraries decide by the phones' own rules for splitting, R22 by length alone. Applies R22.1 and R22.2.
 */
export function countSegments(text: string | null): number {
  if (text === null) return 1;
  let septets = 0;
  for (const character of text) {
    if (BASIC.has(character)) septets += 1;
    else if (EXTENSION.has(character)) septets += 2;
    else return inSegments(text.length, 70, 67);
  }
  return inSegments(septets, 160, 153);
}

function inSegments(length: number, single: number, part: number): number {
  return length <= single ? 1 : Math.ceil(length / part);
}
