/** Text as PostgreSQL can keep it: without NUL, and without halves of characters. */
export function storableText(value: string): string {
  // Nearly all text is whole, and looking is cheaper than replacing.
  if (!/\0|[\uD800-\uDFFF]/.test(value)) return value;
  return value.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** Controls of direction: marks, embeddings, overrides and isolates; and the deprecated ones. */
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u206F]/g;
/** The same but for the first-strong isolate and its end, which Refill itself puts around names. */
const DIRECTION_BUT_ISOLATES = /[\u061C\u200E\u200F\u202A-\u202E\u2066\u2067\u206A-\u206F]/g;
const [ISOLATE, END_ISOLATE] = ['\u2068', '\u2069'];
/**
 * Characters that nobody sees: zero-width spaces and joins, fillers, soft hyphens, tags, selectors of rare forms. What holds
 * letters or the parts of an emoji together (U+200C, U+200D between two of them) and the two usual selectors stay.
 */
const INVISIBLE =
  /\u00AD|\u034F|[\u115F\u1160\u3164\uFFA0]|[\u17B4\u17B5]|[\u180B-\u180F]|\u200B|[\u2060-\u2065]|\u2800|[\uFE00-\uFE0D]|\uFEFF|[\uFFF0-\uFFFB]|[\u{1D173}-\u{1D17A}]|[\u{E0000}-\u{E0FFF}]/gu;
const STRAY_JOINER = /(?<![\p{L}\p{M}\p{Emoji}])(?:\u200C|\u200D)|(?:\u200C|\u200D)(?![\p{L}\p{Emoji}])/gu;
/** Marks that are piled on one letter beyond what any language does. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;
const CONTROLS_BUT_LINES = /[^\P{Cc}\n]/gu;
const LINE_BREAKS = /[\s\u0085\u2028\u2029\p{Cc}]+/gu;
/** Letters that are read from right to left, which turn around the figures and marks beside them. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * Text that others wrote (names of people, offices and companies, reasons, file names) as it may stand in a sentence: on one
 * line, without what is invisible, and unable to change the direction of what stands beside it. Never empty, unless it was.
 */
export function displayText(text: string): string {
  const seen = withoutInvisible(storableText(text).replace(DIRECTION, '')).replace(LINE_BREAKS, ' ').trim();
  if (seen === '') return text === '' ? '' : '\uFFFD';
  return RIGHT_TO_LEFT.test(seen) ? `${ISOLATE}${seen}${END_ISOLATE}` : seen;
}

/**
 * A whole sentence, names in it or not, as it leaves the app: without what is invisible and without controls of direction,
 * but for the isolates around names, where these are pairs.
 */
export function visibleText(text: string): string {
  const seen = withoutInvisible(storableText(text).replace(DIRECTION_BUT_ISOLATES, '')).replace(
    CONTROLS_BUT_LINES,
    ' ',
  );
  return hasPairsOfIsolates(seen) ? seen : seen.replace(DIRECTION, '');
}

function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '').replace(STRAY_JOINER, '').replace(PILED_MARKS, '$1');
}

function hasPairsOfIsolates(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === ISOLATE) open += 1;
    if (character === END_ISOLATE) open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}
