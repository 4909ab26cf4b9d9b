import { describe, expect, it } from 'vitest';
import {
  type Forecast,
  forecastRunway,
  type RunningBundle,
  type Runway,
} from '../../../src/billing/forecast/forecast-runway.ts';
import { rangeOf } from '../../../src/billing/forecast/runway-range.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';

const NOW = new Date('2026-11-23T20:00:00Z');

const bundle = (remaining: string, days: number, credit: string | null = null): RunningBundle => ({
  remaining: dollars(remaining),
  expiresAt: new Date(NOW.getTime() + days * DAY_MS),
  renewal: credit === null ? null : { credit: dollars(credit), period: 'monthly' },
});

function foretell(facts: {
  general?: string;
  calls?: string;
  ai?: string;
  calling?: RunningBundle[];
  aiBundles?: RunningBundle[];
  recharge?: { threshold: string; amount: string; room: string };
  of?: 'calls' | 'ai';
}): Runway | null {
  const { recharge } = facts;
  const forecast: Forecast = {
    now: NOW,
    calendar: { timeZone: 'America/Los_Angeles', billingDay: 1 },
    general: dollars(facts.general ?? '0'),
    streams: [
      { class: 'calls', perDay: dollars(facts.calls ?? '0'), bundles: facts.calling ?? [] },
      { class: 'ai', perDay: dollars(facts.ai ?? '0'), bundles: facts.aiBundles ?? [] },
    ],
    recharge:
      recharge === undefined
        ? null
        : {
            threshold: dollars(recharge.threshold),
            amount: dollars(recharge.amount),
            room: dollars(recharge.room),
          },
  };
  return forecastRunway(forecast, facts.of ?? 'calls');
}

const lasts = (days: number) => ({
  kind: 'lasts',
  days: expect.closeTo(days, 6),
  until: new Date(NOW.getTime() + days * DAY_MS),
});

describe('how long credits last', () => {
  it('is what there is by what a day costs', () => {
    expect(foretell({ general: '22.5', calls: '2.5' })).toEqual(lasts(9));
  });

  it('counts both classes against the general credits they share', () => {
    expect(foretell({ general: '20', calls: '1.5', ai: '0.5' })).toEqual(lasts(10));
  });

  it('draws a bundle first, and only for its own class', () => {
    expect(foretell({ general: '10', calls: '2', calling: [bundle('10', 60)] })).toEqual(lasts(10));
    expect(foretell({ general: '10', ai: '2', calling: [bundle('10', 60)], of: 'ai' })).toEqual(lasts(5));
  });

  it('does not count what lapses before it can be used', () => {
    expect(foretell({ general: '10', calls: '2', calling: [bundle('100', 3)] })).toEqual(lasts(8));
  });

  it('counts a bundle that renews again, and the general credits only for what is beyond it', () => {
    expect(foretell({ general: '10', calls: '1', calling: [bundle('20', 8, '60')] })).toEqual({
      kind: 'long',
    });
    // 8 days of bundle, then a month whose $20 lasts 20 days: ten of its days cost general credits.
    const runway = foretell({ general: '5', calls: '1', calling: [bundle('8', 8, '20')] });
    expect(runway).toMatchObject({ kind: 'lasts' });
    expect(runway?.kind === 'lasts' ? Math.round(runway.days) : 0).toBe(33);
  });

  it('is of each class by itself, whichever ends first', () => {
    const both = { calls: '1', ai: '1', calling: [bundle('50', 60)], aiBundles: [bundle('4', 60)] };
    expect(foretell({ ...both, of: 'ai' })).toEqual(lasts(4));
    expect(foretell(both)).toEqual(lasts(50));
  });

  it('goes on with the bundles of one class where the other has used up the general credits', () => {
    const shared = { general: '10', calls: '1', ai: '2', calling: [bundle('30', 60)] };
    expect(foretell({ ...shared, of: 'ai' })).toEqual(lasts(5));
    expect(foretell(shared)).toEqual(lasts(30));
    expect(foretell({ general: '10', ai: '2' })).toBeNull();
  });

  it('says no figure beyond three months, and none where nothing is used', () => {
    expect(foretell({ general: '9000', calls: '1' })).toEqual({ kind: 'long' });
    expect(foretell({ general: '50' })).toBeNull();
  });

  it('tells what auto-recharge will do, and how often', () => {
    expect(
      foretell({ general: '20', calls: '2.5', recharge: { threshold: '5', amount: '50', room: '500' } }),
    ).toEqual({
      kind: 'recharges',
      amount: dollars('50'),
      days: expect.closeTo(6, 6),
      at: new Date(NOW.getTime() + 6 * DAY_MS),
      everyDays: 20,
    });
  });

  it('does not count on a recharge that the monthly cap leaves no room for', () => {
    expect(
      foretell({ general: '20', calls: '2.5', recharge: { threshold: '5', amount: '50', room: '49.99' } }),
    ).toEqual(lasts(8));
  });

  it('is not told where nothing is left already', () => {
    expect(foretell({ general: '-3', calls: '1' })).toBeNull();
  });
});

describe('the range of how long credits last', () => {
  const forecast: Forecast = {
    now: NOW,
    calendar: { timeZone: 'America/Los_Angeles', billingDay: 1 },
    general: dollars('90'),
    streams: [{ class: 'calls', perDay: dollars('10'), bundles: [] }],
    recharge: null,
  };
  const range = (costs: readonly string[], general = '90') => {
    const of = { ...forecast, general: dollars(general) };
    const runway = forecastRunway(of, 'calls');
    return runway === null ? null : rangeOf(of, { runway, of: 'calls' }, costs.map(dollars));
  };
  const steady = Array.from({ length: 14 }, () => '10');
  const uneven = Array.from({ length: 14 }, (_, day) => (day % 2 === 0 ? '5' : '15'));
  const wild = Array.from({ length: 14 }, (_, day) => (day === 0 ? '140' : '0'));

  it('is one day where every day costs the same', () => {
    expect(range(steady)).toEqual({ low: 9, high: 9 });
  });

  it('holds the forecast, and is the wider the more unevenly days cost', () => {
    const of = (costs: readonly string[]) => range(costs) ?? expect.fail();
    const [a, b] = [of(uneven), of(wild)];
    expect(a.low).toBeLessThan(9);
    expect(a.high).toBeGreaterThan(9);
    expect(b.low).toBeLessThan(a.low);
    expect(b.high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(a.high ?? 0);
  });

  it('is by hand: nine days of 10 ± 5.19 a day, 1.28 deviations each way', () => {
    const deviation = Math.sqrt((14 * 25) / 13) / 10;
    const margin = 1.28 * deviation * Math.sqrt(1 / 9 + 1 / 14);
    const { low, high } = range(uneven) ?? expect.fail();
    expect(low).toBeCloseTo(9 / (1 + margin), 6);
    expect(high).toBeCloseTo(9 / (1 - margin), 6);
  });

  it('has no upper end beyond what is forecast, and none at all for a recharge or three months', () => {
    expect(range(uneven, '800')).toEqual({ low: expect.any(Number), high: null });
    expect(range(uneven, '2000')).toBeNull();
  });
});
