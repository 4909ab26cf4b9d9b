import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countSegments } from '../../../src/rating/sms-segments.ts';
import { randomTexts } from '../../support/random-texts.ts';

/** The seed of the texts that the calculator was asked about. */
const SEED = 22;
/**
 * What the public calculator `sms-segments-calculator` 1.3.0 (MIT) says of `randomTexts(22, 100_000)`, a digit in base 36 a
 * text. Recorded, as it takes minutes: `new SegmentedMessage(text, 'auto').segmentsCount.toString(36)`.
 */
const recorded = gunzipSync(readFileSync('test/fixtures/sms-segments/answers.txt.gz')).toString();

/**
 * Where a public calculator counts more than R22, and why that stays so. It puts what belongs together (the two units of an
 * extension character or of an emoji, the parts of a joined emoji, a letter and its marks, CR and LF) into one segment, as
 * phones do, and leaves the unit before an edge empty. R22.2 counts by length alone, so that a bill can be checked by
 * counting characters; a customer never pays more by it.
 */
const BELONGS_TOGETHER = /[\^{}[\]~|\\€\f]|[\u{10000}-\u{10FFFF}]|\u0301|\u200D|\uFE0F|\r\n/u;

describe('segments of 100,000 random texts', () => {
  const texts = [...randomTexts(SEED, recorded.length)];
  const answers = [...recorded].map((digit) => Number.parseInt(digit, 36));
  const different = texts.flatMap((text, index) => {
    const [ours, theirs] = [countSegments(text), answers[index] ?? Number.NaN];
    return ours === theirs ? [] : [{ text, ours, theirs }];
  });

  it('are as many as a public calculator counts, but where it keeps together what an edge would part', () => {
    expect(texts).toHaveLength(100_000);
    for (const { text, ours, theirs } of different) {
      expect(text).toMatch(BELONGS_TOGETHER);
      expect(theirs - ours).toBe(1);
      expect(ours).toBeGreaterThan(1);
    }
    // Few, and not none: the texts are made to end at edges.
    expect(different.length / texts.length).toBeLessThan(0.02);
    expect(different.length).toBeGreaterThan(100);
  });

  it.each([
    ['an extension character at the edge of the first segment', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 2],
    ['a pair of units at the edge', `${'ж'.repeat(66)}😀${'ж'.repeat(66)}`, 2],
    ['a joined emoji at the edge', `${'ж'.repeat(64)}👨‍👩‍👧${'ж'.repeat(62)}`, 2],
    ['CR and LF at the edge', `${'ж'.repeat(66)}\r\n${'ж'.repeat(66)}`, 2],
  ])('%s is parted: segments are counted by length', (_, text, segments) => {
    expect(countSegments(text)).toBe(segments);
  });
});
