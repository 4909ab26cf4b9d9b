/** A value that components can follow: read it, write it, be told when it changed. */
import { useEffect, useReducer, useRef } from 'preact/hooks';

export interface Signal<T> {
  get(): T;
  set(next: T | ((current: T) => T)): void;
  follow(listener: () => void): () => void;
}

/** Makes a signal; setting what is already held tells nobody. */
export function signal<T>(initial: T): Signal<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const wanted = next instanceof Function ? next(value) : next;
      if (Object.is(wanted, value)) return;
      value = wanted;
      for (const listener of [...listeners]) listener();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `pick` takes from a signal; draws again only when that part has changed. */
export function useSignal<T, P>(source: Signal<T>, pick: (value: T) => P): P {
  const [, drawAgain] = useReducer<number, undefined>((count) => count + 1, 0);
  const picked = pick(source.get());
  const latest = useRef({ pick, picked });
  latest.current = { pick, picked };
  useEffect(() => {
    const check = () => {
      if (!Object.is(latest.current.pick(source.get()), latest.current.picked)) drawAgain(undefined);
    };
    check();
    return source.follow(check);
  }, [source]);
  return picked;
}
