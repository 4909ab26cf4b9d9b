import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../durations.ts';

/** How often a line is written where no terminal shows a bar. */
const LINE_EVERY_MS = 10 * SECOND_MS;
const BAR_EVERY_MS = 200;
const WIDTH = 30;

export interface Progress {
  /** Shows how far it is; `done` and `total` count from the file's beginning. */
  show(done: number, total: number): void;
  end(): void;
}

/**
 * Progress with an estimate of the time that remains: a bar on a terminal, else a line every ten seconds. The estimate goes
 * by the rows of this run alone.
 */
export function createProgress(note: (line: string) => void, isTerminal = process.stderr.isTTY): Progress {
  const startedAt = performance.now();
  let shownAt = startedAt;
  let first: number | null = null;
  let hasBar = false;
  return {
    show(done, total) {
      first ??= done;
      const now = performance.now();
      if (now - shownAt < (isTerminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
      shownAt = now;
      const text = describeProgress({ done, total, since: done - first, elapsedMs: now - startedAt });
      if (!isTerminal) {
        note(text);
        return;
      }
      const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH);
      process.stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${text}\x1B[K`);
      hasBar = true;
    },
    end() {
      if (hasBar) process.stderr.write('\n');
    },
  };
}

/** `120,000 of 1,000,000 rows (12 %), about 2 min left`. */
export function describeProgress(at: {
  done: number;
  total: number;
  /** Rows of this run, and the time it has taken. */
  since: number;
  elapsedMs: number;
}): string {
  const share = at.total === 0 ? 100 : Math.floor((at.done / at.total) * 100);
  const rows = `${at.done.toLocaleString('en-US')} of ${at.total.toLocaleString('en-US')} rows (${share} %)`;
  if (at.since <= 0 || at.done >= at.total) return rows;
  return `${rows}, about ${describeTime((at.elapsedMs / at.since) * (at.total - at.done))} left`;
}

function describeTime(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}
