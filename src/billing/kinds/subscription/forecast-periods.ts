import { endOfBillingPeriod } from '../../../calendar.ts';
import type { Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { readSubscriptions } from './read-subscriptions.ts';

/** What a company's calendar means for what comes each period: the running one ends as planned, then its turn comes. */
export interface PeriodForecast {
  name: string;
  scopeLabel: string;
  /** When the running period ends; a changed calendar leaves it alone (R3). */
  endsAt: Date;
  /** When the one after it ends, by the calendar as it is now. */
  nextEndsAt: Date;
}

/** What the calendar in force makes of the company's bundles and recurring credits. */
export async function forecastPeriods(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
): Promise<PeriodForecast[]> {
  const all = await readSubscriptions(deps.db, person);
  return all
    .filter(({ state, isEnding }) => state === 'active' && !isEnding)
    .map(({ name, scopeLabel, nextPeriodAt, period }) => ({
      name,
      scopeLabel,
      endsAt: nextPeriodAt,
      nextEndsAt: endOfBillingPeriod(person.company, nextPeriodAt, period),
    }));
}
