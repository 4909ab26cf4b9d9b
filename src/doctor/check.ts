/** One check. What cannot be known from here is `not_checked`, never `ok`. */
export interface Check {
  /** Stable, for programs: `slack-scopes`. */
  readonly id: string;
  readonly result: 'ok' | 'fault' | 'not_checked';
  /** What was found, in a sentence. */
  readonly finding: string;
  /** How it is known. */
  readonly how: string;
  /** What to do about a fault, or to have it checked; null where there is nothing to do. */
  readonly todo: string | null;
}

export const ok = (id: string, finding: string, how: string): Check => ({
  id,
  result: 'ok',
  finding,
  how,
  todo: null,
});

export const fault = (id: string, finding: string, how: string, todo: string): Check => ({
  id,
  result: 'fault',
  finding,
  how,
  todo,
});

export const notChecked = (id: string, finding: string, todo: string | null = null): Check => ({
  id,
  result: 'not_checked',
  finding,
  how: 'not looked at',
  todo,
});
