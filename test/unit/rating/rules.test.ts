import { describe, expect, it } from 'vitest';
import { compileDeck, countSegments, pickDeck, rateTraffic, sampleDeck } from '../../../src/rating/index.ts';
import { call, conversation, deckOf, fax, inShort, message, ratesOf } from '../../support/rating.ts';

const HEADER = 'direction,origin,prefix,rate,first increment,next increment,connection fee';
const deck = (...rows: string[]) => ratesOf([HEADER, ...rows].join('\n'));
const sample = compileDeck(sampleDeck());

describe('which row prices a call (R18)', () => {
  it.each([
    ['the longest prefix', ['both,,44,0.02,,,', 'both,,4420,0.01,,,'], '4420'],
    ['a row of the origin before a longer one of any', ['both,US,44,0.02,,,', 'both,,4420,0.01,,,'], '44'],
    ['another origin’s row is not looked at', ['both,GB,4420,0.02,,,', 'both,,44,0.01,,,'], '44'],
    [
      'the longest among those of the origin',
      ['both,US,44,0.02,,,', 'both,US,442,0.03,,,', 'both,,4420,0.01,,,'],
      '442',
    ],
    [
      'a longer row for both before a shorter one for the direction',
      ['outbound,,44,0.02,,,', 'both,,4420,0.01,,,'],
      '4420',
    ],
    ['a row of the other direction is not looked at', ['inbound,,4420,0.02,,,', 'both,,44,0.01,,,'], '44'],
    ['* fits every number', ['both,,*,0.02,,,'], ''],
  ])('%s', (_what, rows, prefix) => {
    const rated = rateTraffic(deck(...rows), call());
    expect(rated).toMatchObject({ outcome: 'rated', prefix });
  });

  it('at one prefix the one direction goes before both, wherever it stands', () => {
    const rows = ['outbound,,44,0.02,,,', 'both,,44,0.01,,,'];
    expect(inShort(rateTraffic(deck(...rows), call()))).toBe('0.0200 international 44');
    expect(inShort(rateTraffic(deck(...rows.toReversed()), call()))).toBe('0.0200 international 44');
    expect(inShort(rateTraffic(deck(...rows), call({ direction: 'inbound' })))).toBe(
      '0.0100 international 44',
    );
  });

  it('no match is never free', () => {
    expect(inShort(rateTraffic(deck('both,,33,0.02,,,'), call()))).toBe('no-rate');
    expect(inShort(rateTraffic(null, call()))).toBe('no-deck');
    expect(inShort(rateTraffic(deck('both,,1,0.02,,,'), call({ externalNumber: null })))).toBe('no-number');
    expect(inShort(rateTraffic(deck('both,,1,0.02,,,'), call({ externalNumber: '14155550100' })))).toBe(
      'bad-number',
    );
  });

  it('a withheld number is priced by a row for every number', () => {
    expect(
      inShort(rateTraffic(deck('inbound,,*,0.03,,,'), call({ direction: 'inbound', externalNumber: null }))),
    ).toBe('0.0300 domestic ');
  });

  it('the newest deck in force applies whole, from its midnight in UTC on', () => {
    const old = deckOf(`${HEADER},effective date\nboth,,44,0.02,,,,2026-01-01\nboth,,33,0.02,,,,2026-01-01`);
    const now = deckOf(`${HEADER},effective date\nboth,,44,0.03,,,,2026-11-01`);
    const at = (time: string) => pickDeck([now, old], new Date(time));
    expect(at('2026-10-31T23:59:59.999Z')).toBe(old);
    expect(at('2026-11-01T00:00:00Z')).toBe(now);
    expect(at('2025-12-31T23:59:59Z')).toBeNull();
  });
});

describe('billed seconds and rounding (R19)', () => {
  const price = (increments: string, ms: number, rate = '0.60', fee = '') =>
    rateTraffic(deck(`both,,44,${rate},${increments},${fee}`), call({ durationMs: ms }));
  it.each([
    ['60,60', 1, 60],
    ['60,60', 60_000, 60],
    ['60,60', 60_000.1, 120],
    ['60,60', 11_989.972, 60],
    ['30,6', 29_000, 30],
    ['30,6', 30_001, 36],
    ['30,6', 36_000, 36],
    ['1,1', 12_000.5, 13],
    ['6,6', 0, 6],
    [',', 61_000, 120],
  ])('increments %s, %d ms: %d s', (increments, ms, billedSeconds) => {
    expect(price(increments, ms)).toMatchObject({ billedSeconds });
  });

  it.each([
    ['0.01', '1,1', 13_000, '', '0.0022'],
    ['0.0001', '30,30', 1, '', '0.0001'],
    ['0.0003', '10,10', 1, '', '0.0001'],
    ['0.00029', '10,10', 1, '', '0.0000'],
    ['0.0125', '60,60', 61_000, '0.05', '0.0750'],
    ['0.00004', '60,60', 1, '0.00001', '0.0001'],
    ['12.345678', '1,1', 3_600_000, '', '740.7407'],
  ])(
    '$%s a minute by %s for %d ms, fee "%s": $%s, rounded once, half up',
    (rate, increments, ms, fee, cost) => {
      const rated = price(increments, ms, rate, fee);
      expect(rated.outcome === 'rated' && rated.cost.toFixed(4)).toBe(cost);
    },
  );

  it('an unanswered call costs nothing, not even the fee', () => {
    const rated = rateTraffic(deck('both,,44,0.10,60,60,1'), call({ answeredAt: null, durationMs: 0 }));
    expect(rated).toMatchObject({ billedSeconds: 0, category: 'international' });
    expect(inShort(rated)).toBe('0.0000 international -');
  });

  it('the explanation says the place, the rate and the seconds', () => {
    const rated = rateTraffic(deck('both,,4420,0.01,60,60,'), call({ durationMs: 11_989.972 }));
    expect(rated.explanation).toBe('+44 20, $0.0100/min, 12 s billed as 60 s');
  });
});

describe('what costs and what is free (R1, R20, R21), at the sample prices', () => {
  const home = '+14155550100';
  it.each([
    ['an internal call', call({ isInternal: true, externalNumber: home }), '0.0000 internal -'],
    ['Talk, the office’s country', call({ externalNumber: home }), '0.0000 local -'],
    ['Talk, in', call({ externalNumber: home, direction: 'inbound' }), '0.0000 local -'],
    [
      'Support, US local in',
      call({ externalNumber: home, direction: 'inbound', licence: 'support' }),
      '0.0100 domestic 1',
    ],
    ['Support, US local out', call({ externalNumber: home, licence: 'support' }), '0.0200 domestic 1'],
    [
      'Sell, US local in',
      call({ externalNumber: home, direction: 'inbound', licence: 'sell' }),
      '0.0100 domestic 1',
    ],
    ['Sell, US local out', call({ externalNumber: home, licence: 'sell' }), '0.0200 domestic 1'],
    ['US to Canada is not international', call({ externalNumber: '+14165550100' }), '0.0100 domestic 1'],
    ['Canada to the US neither', call({ externalNumber: home, officeCountry: 'CA' }), '0.0100 domestic 1'],
    ['Canada inside Canada', call({ externalNumber: '+16045550100', officeCountry: 'CA' }), '0.0000 local -'],
    ['US to Jamaica is', call({ externalNumber: '+18765550100' }), '0.1250 international 1876'],
    ['a British office at home has no local area', call({ officeCountry: 'GB' }), '0.0100 domestic 44'],
    ['unless it has a list', call({ officeCountry: 'GB', localPrefixes: ['4420'] }), '0.0000 local -'],
    [
      'outside of its list',
      call({ officeCountry: 'US', externalNumber: home, localPrefixes: ['+1212'] }),
      '0.0100 domestic 1',
    ],
    ['US to a toll-free number', call({ externalNumber: '+18005550100' }), '0.0000 local -'],
    ['US to a premium number is never local', call({ externalNumber: '+19005550100' }), '0.0100 domestic 1'],
    [
      'in at a toll-free line',
      call({ direction: 'inbound', externalNumber: home, isTollFreeLine: true }),
      '0.0200 toll_free ',
    ],
    [
      'from a withheld number, too',
      call({ direction: 'inbound', externalNumber: null, isTollFreeLine: true }),
      '0.0200 toll_free ',
    ],
    [
      'Sell, too',
      call({ direction: 'inbound', externalNumber: home, isTollFreeLine: true, licence: 'sell' }),
      '0.0200 toll_free ',
    ],
    ['from the toll-free line out', call({ externalNumber: home, isTollFreeLine: true }), '0.0000 local -'],
    [
      'a British office’s toll-free line has no price yet',
      call({ direction: 'inbound', officeCountry: 'GB', isTollFreeLine: true }),
      'no-rate',
    ],
    ['a text', message(), '0.0080 sms 1'],
    [
      'a text of two segments to three people',
      message({ text: 'x'.repeat(161), recipients: 3 }),
      '0.0480 sms 1',
    ],
    ['a text that failed', message({ isFailed: true }), '0.0000 sms -'],
    ['a text from a short code', message({ direction: 'inbound', externalNumber: '22395' }), '0.0080 sms 1'],
    ['a text abroad has no price yet', message({ externalNumber: '+442079460000' }), 'no-rate'],
    ['a picture message in', message({ kind: 'mms', direction: 'inbound' }), '0.0200 mms 1'],
    ['a fax of three pages', fax({ pages: 3 }), '0.1500 fax '],
    ['a conversation', conversation(), '0.5000 ai_conversation '],
    ['one without a response', conversation({ hasResponded: false }), '0.0000 ai_conversation -'],
  ])('%s', (_what, traffic, expected) => {
    expect(inShort(rateTraffic(sample, traffic))).toBe(expected);
  });

  it('AI is a class of its own', () => {
    expect(rateTraffic(sample, conversation())).toMatchObject({ class: 'ai' });
    expect(rateTraffic(sample, message())).toMatchObject({ class: 'calls' });
  });

  it('what is free needs no deck', () => {
    expect(inShort(rateTraffic(null, call({ isInternal: true })))).toBe('0.0000 internal -');
    expect(inShort(rateTraffic(null, call({ externalNumber: home })))).toBe('0.0000 local -');
  });
});

describe('segments of a text (R22)', () => {
  it.each([
    ['no text', null, 1],
    ['an empty text', '', 1],
    ['160 of GSM-7', 'a'.repeat(160), 1],
    ['161 of GSM-7', 'a'.repeat(161), 2],
    ['306 of GSM-7', 'é'.repeat(306), 2],
    ['307 of GSM-7', 'a'.repeat(307), 3],
    ['80 extension characters', '€'.repeat(80), 1],
    ['81 extension characters', '{'.repeat(81), 2],
    ['70 of UCS-2', 'ж'.repeat(70), 1],
    ['71 of UCS-2', 'ж'.repeat(71), 2],
    ['135 of UCS-2', 'ж'.repeat(135), 3],
    ['35 emoji', '🙂'.repeat(35), 1],
    ['36 emoji', '🙂'.repeat(36), 2],
    ['one foreign character makes all of it UCS-2', `${'a'.repeat(70)}ç`, 2],
  ])('%s', (_what, text, segments) => {
    expect(countSegments(text)).toBe(segments);
  });
});

describe('short codes and names of senders', () => {
  const rates = ratesOf(
    'kind,direction,prefix,rate\ncall,outbound,1,0.02\ncall,outbound,44,0.03\nsms,both,1,0.008\nsms,both,1876,0.05\nsms,both,44,0.04\n',
  );
  it.each([
    [
      'a text from a name to the UK',
      message({ direction: 'inbound', externalNumber: 'AMZN', officeCountry: 'GB' }),
      '0.0400',
    ],
    [
      'a text from a code to Jamaica',
      message({ direction: 'inbound', externalNumber: '22395', officeCountry: 'JM' }),
      '0.0500',
    ],
    [
      'a text from a code to Canada',
      message({ direction: 'inbound', externalNumber: '22395', officeCountry: 'CA' }),
      '0.0080',
    ],
    ['an emergency call of the UK', call({ externalNumber: '999', officeCountry: 'GB' }), '0.0300'],
    [
      'a service call of a Support line in the US',
      call({ externalNumber: '411', licence: 'support' }),
      '0.0200',
    ],
    ['a call of Talk to 911, in its local area', call({ externalNumber: '911' }), '0.0000'],
  ])('%s', (_, traffic, cost) => {
    const rated = rateTraffic(rates, traffic);
    expect(rated.outcome === 'rated' && rated.cost.toFixed(4)).toBe(cost);
  });

  it('a name calls nobody, and a number of no area code is no free local call', () => {
    expect(rateTraffic(rates, call({ externalNumber: 'AMZN' }))).toMatchObject({ reason: 'bad-number' });
    expect(rateTraffic(rates, call({ externalNumber: '+10000000000' }))).toMatchObject({
      category: 'international',
    });
  });
});
