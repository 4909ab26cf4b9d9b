import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../durations.ts';

/** What takes no longer than this shows nothing. */
const FIRST_AFTER_MS = 2 * SECOND_MS;
/** How often a line is written where no terminal shows a bar. */
const LINE_EVERY_MS = 10 * SECOND_MS;
const BAR_EVERY_MS = 200;
const WIDTH = 30;

export interface Progress {
  /** Shows how far it is, from the beginning of the whole; `total`: null where nobody knows it. */
  show(done: number, total: number | null): void;
  end(): void;
}

/** Where progress is written: a terminal shows a bar, else a line every ten seconds where it is asked for. */
export interface ProgressPlace {
  write(text: string): void;
  isTerminal: boolean;
  /** `--progress` was typed. */
  isAsked: boolean;
  nowMs?: () => number;
}

/**
 * Progress with an estimate of the time that remains, on standard error: a bar on a terminal, lines with `--progress`, else
 * nothing. The estimate goes by what this run has done alone.
 */
export function createProgress(
  unit: string,
  { write, isTerminal, isAsked, nowMs = () => performance.now() }: ProgressPlace,
): Progress {
  const startedAt = nowMs();
  const everyMs = isTerminal ? BAR_EVERY_MS : LINE_EVERY_MS;
  let nextAt = startedAt + (isTerminal ? FIRST_AFTER_MS : LINE_EVERY_MS);
  let first: number | null = null;
  let hasBar = false;
  return {
    show(done, total) {
      first ??= done;
      const now = nowMs();
      if (!(isTerminal || isAsked) || now < nextAt) return;
      nextAt = now + everyMs;
      const text = describeProgress({ unit, done, total, since: done - first, elapsedMs: now - startedAt });
      if (!isTerminal) {
        write(`${text}\n`);
        return;
      }
      write(`\r${total === null ? '' : `${drawBar(done, total)} `}${text}\x1B[K`);
      hasBar = true;
    },
    end() {
      if (hasBar) write('\n');
      hasBar = false;
    },
  };
}

function drawBar(done: number, total: number): string {
  const filled = total === 0 ? WIDTH : Math.round((Math.min(done, total) / total) * WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
}

/** `120,000 of 1,000,000 rows (12 %), about 2 min left`; `120,000 rows` of nobody knows how many. */
export function describeProgress(at: {
  unit: string;
  done: number;
  total: number | null;
  /** Done in this run, and the time it has taken. */
  since: number;
  elapsedMs: number;
}): string {
  const { unit, done, total } = at;
  if (total === null) return `${done.toLocaleString('en-US')} ${unit}`;
  const share = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
  const rows = `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${unit} (${share} %)`;
  if (at.since <= 0 || done >= total) return rows;
  return `${rows}, about ${describeTime((at.elapsedMs / at.since) * (total - done))} left`;
}

function describeTime(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}
