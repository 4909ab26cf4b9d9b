import { useEffect, useReducer } from 'preact/hooks';
import { HOUR_MS } from '../../../../durations.ts';
import type { World } from '../../protocol.ts';
import { Spinner } from '../app/spinner.tsx';
import { worldNow } from '../state/store.ts';
import { clockTime, longDay } from '../text/date-token.ts';
import { describeAhead, zoneName } from './describe-time.ts';
import { useWorldAct } from './use-world-act.ts';

const STEPS = [
  { label: '+1 hour', ms: HOUR_MS },
  { label: '+6 hours', ms: 6 * HOUR_MS },
  { label: '+1 day', ms: 24 * HOUR_MS },
  { label: '+1 week', ms: 7 * 24 * HOUR_MS },
];

/** The one clock that everything goes by, and buttons that advance it. */
export function ClockPanel({ world }: { world: World }) {
  const [, tick] = useReducer<number, undefined>((count) => count + 1, 0);
  const { busy, act } = useWorldAct();
  useEffect(() => {
    const timer = setInterval(() => tick(undefined), 5_000);
    return () => clearInterval(timer);
  }, []);
  const now = worldNow();
  return (
    <section class="panel-part" aria-labelledby="clock-title">
      <h3 id="clock-title">Clock</h3>
      <p class="clock-time">
        {clockTime(now, world.timeZone)} <span class="clock-zone">{zoneName(now, world.timeZone)}</span>
      </p>
      <p class="panel-more">
        {longDay(now, now, world.timeZone)} · {describeAhead(world.aheadMs)}
      </p>
      <fieldset class="steps" aria-label="Advance the clock">
        {STEPS.map((step) => (
          <button
            key={step.label}
            type="button"
            class="button button-small"
            aria-busy={busy === step.label}
            aria-disabled={busy !== null}
            onClick={() => void act(step.label, { type: 'advance', ms: step.ms })}
          >
            <span class="button-text">{step.label}</span>
            {busy === step.label && <Spinner />}
          </button>
        ))}
      </fieldset>
    </section>
  );
}
