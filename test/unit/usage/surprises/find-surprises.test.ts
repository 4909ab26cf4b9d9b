import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../../src/durations.ts';
import {
  findSurprises,
  hoursOf,
  type OfficeSpend,
  type SpendPiece,
} from '../../../../src/usage/surprises/find-surprises.ts';

const AT = new Date('2026-09-16T14:00:00Z');
const piece = (minute: number, micros: number, of: Partial<SpendPiece> = {}): SpendPiece => ({
  at: new Date(AT.getTime() + minute * MINUTE_MS),
  country: 'US',
  type: 'domestic',
  calls: 1,
  micros: BigInt(micros),
  ...of,
});
const cuba = (minute: number, cost: number): SpendPiece =>
  piece(minute, cost * 1_000_000, { country: 'CU', type: 'international' });
const office = (recent: SpendPiece[], history: SpendPiece[] = []): OfficeSpend => ({
  timeZone: 'America/New_York',
  country: 'US',
  recent,
  history,
  officeSince: new Date(AT.getTime() - 60 * DAY_MS),
});
const partsOf = (of: OfficeSpend) => findSurprises(of).map(({ part }) => `${part.kind} ${part.value}`.trim());

describe('hours of usage', () => {
  it('are 60 minutes, not 61', () => {
    const hours = hoursOf([piece(0, 1), piece(59, 2), piece(60, 4)]);
    expect(hours.map(({ micros }) => micros)).toEqual([3n, 6n, 4n]);
    expect(hours.map(({ calls }) => calls)).toEqual([2, 2, 1]);
  });

  it('add up what happened in one minute', () => {
    expect(hoursOf([piece(5, 1), piece(5, 2), piece(6, 4)]).map(({ micros }) => micros)).toEqual([7n, 4n]);
  });
});

describe('surprises of an office', () => {
  it('are told of the country, which explains its type and its office', () => {
    expect(partsOf(office([cuba(0, 20), cuba(10, 30), piece(12, 3_000_000)]))).toEqual(['country CU']);
  });

  it('are told of the type where no country is unusual by itself', () => {
    const countries = ['CU', 'SO', 'GM', 'MV'];
    const calls = countries.map((country, index) => ({ ...cuba(index, 9), country }));
    expect(partsOf(office(calls))).toEqual(['type international']);
  });

  it('are told of the office where no part of it is unusual by itself', () => {
    const types = ['domestic', 'toll-free', 'sms', 'fax'];
    const history = types.map((type) => ({
      ...piece(0, 1_000_000, { type }),
      at: new Date(AT.getTime() - DAY_MS),
    }));
    const recent = types.map((type, index) => piece(index, 8_000_000, { type, country: '' }));
    expect(partsOf(office(recent, history))).toEqual(['office']);
  });

  it('compare with what the countries and types of an hour came to together', () => {
    const past = new Date(AT.getTime() - DAY_MS);
    const history = [
      { ...cuba(0, 10), at: past },
      { ...cuba(0, 10), at: past, type: 'sms' },
    ];
    expect(partsOf(office([cuba(0, 79)], history))).toEqual(['type international']);
    expect(partsOf(office([cuba(0, 81)], history))).toEqual(['country CU']);
  });
});
