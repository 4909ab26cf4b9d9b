const GSM = 'abc xyzÄÖÜñ@£$¥éΔΩ0123456789?!.,'.split('');
const EXTENSION = '^{}[]~|\\€\f'.split('');
const UCS_2 = 'жЖшçá“”–…東京שלום•\u0301\u00a0'.split('');
const ASTRAL = ['😀', '🚀', '𝒳', '👍🏽', '👨‍👩‍👧', '🇩🇪', '❤️'];
const BREAKS = ['\n', '\r', '\r\n'];
/** Where a text has one segment more, in the units of either alphabet, and a little around it. */
const EDGES = [1, 67, 70, 134, 153, 160, 201, 306, 459];

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * So many texts of messages, the same ones for the same seed: of GSM-7 alone, with characters that count double, of UCS-2,
 * with pairs of units, joined emoji and combining marks, with line breaks; most of a length at which a segment ends.
 */
export function* randomTexts(seed: number, count: number): Generator<string> {
  const chance = createChance(seed);
  const oneOf = <T>(all: readonly [T, ...T[]] | readonly T[]): T =>
    all[Math.floor(chance() * all.length)] as T;
  for (let n = 0; n < count; n += 1) {
    const alphabets = [GSM, ...[EXTENSION, UCS_2, ASTRAL, BREAKS].filter(() => chance() < 0.4)];
    const length = Math.max(0, oneOf(EDGES) + Math.floor(chance() * 9) - 5);
    let text = '';
    let units = 0;
    // Rare characters fall anywhere, at the edges above all.
    const share = chance() < 0.5 ? 0.05 : 0.5;
    while (units < length) {
      const piece = oneOf(chance() < share ? oneOf(alphabets) : GSM);
      text += piece;
      units += EXTENSION.includes(piece) ? 2 : piece.length;
    }
    yield text;
  }
}
