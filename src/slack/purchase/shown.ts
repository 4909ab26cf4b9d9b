import type { Shown } from '../../billing/index.ts';

/** What a form or button carries of a charge that it shows: the token, and the mark of what was shown. */
export function writeShown({ token, mark }: Shown): string {
  return `${token}.${mark}`;
}

/** Reads it back; a token alone shows nothing, so its mark fits no charge. */
export function readShown(text: string): Shown {
  const [token = '', mark = ''] = text.split('.');
  return { token, mark };
}
