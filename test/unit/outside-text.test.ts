import { describe, expect, it } from 'vitest';
import { displayText, visibleText } from '../../src/outside-text.ts';

describe('text that others wrote', () => {
  it.each<[what: string, text: string, shown: string]>([
    ['a plain name', 'Zoë O’Neil-Müller 🚀', 'Zoë O’Neil-Müller 🚀'],
    ['an override of direction', 'Acme \u202Emoc.live', 'Acme moc.live'],
    ['isolates of its own', '\u2067Acme\u2069\u2069 \u2066x', 'Acme x'],
    ['a name that is read from right to left', 'שלום בע״מ', '\u2068שלום בע״מ\u2069'],
    ['an Arabic name beside digits', 'شركة 24', '\u2068شركة 24\u2069'],
    ['zero-width characters', 'Ac\u200Bme\uFEFF\u2060 \u00ADCo', 'Acme Co'],
    ['several lines', 'Acme\r\n\u2028You owe\t$5 \u0085now', 'Acme You owe $5 now'],
    ['controls', 'Ac\u0000me\u001b[31m', 'Ac\uFFFDme [31m'],
    ['halves of characters', 'Acme \ud83d', 'Acme \uFFFD'],
    ['nothing that is seen', '\u200B\u2060\u3164', '\uFFFD'],
    ['nothing at all', '', ''],
    ['a family and a flag', '👨‍👩‍👧 ❤️ 🇩🇪', '👨‍👩‍👧 ❤️ 🇩🇪'],
    ['Persian with a non-joiner', 'می‌خواهم', '\u2068می‌خواهم\u2069'],
    ['a joiner that joins nothing', 'Acme\u200D Co\u200C', 'Acme Co'],
    ['marks piled on a letter', `Z${'\u0301'.repeat(60)}`, `Z${'\u0301'.repeat(4)}`],
    ['tags behind a letter', 'A\u{E0041}\u{E0042}', 'A'],
  ])('is shown without what deceives: %s', (_, text, shown) => {
    expect(displayText(text)).toBe(shown);
    expect(displayText(shown)).toBe(shown);
    expect(visibleText(`${displayText(text)}\nand more`)).toBe(`${shown}\nand more`);
  });

  it('leaves a sentence its lines and its pairs of isolates, and no others', () => {
    expect(visibleText('a\n\u2068b\u2069 c')).toBe('a\n\u2068b\u2069 c');
    expect(visibleText('a \u2069b\u2068 c\u2068')).toBe('a b c');
    expect(visibleText('a \u202Eb\u200B')).toBe('a b');
  });
});
