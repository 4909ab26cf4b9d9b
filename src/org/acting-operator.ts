/**
 * Who works at the command line. Operations record the operator as `operator`, wherever they stand; the name belongs to
 * the call and not to each of them, so that none can forget it. Work of the app itself runs outside and stays `operator`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const names = new AsyncLocalStorage<string>();

/** Runs an operator's command under that name, for every audit made meanwhile. */
export function actAsOperator<T>(name: string, work: () => Promise<T>): Promise<T> {
  return names.run(name, work);
}

/** The name of the operator at the command line; null in the app itself. */
export function actingOperator(): string | null {
  return names.getStore() ?? null;
}

/** The actor to record: `operator:anna` for `operator` at the command line; every other actor as given. */
export function nameOperator(actor: string): string {
  const name = names.getStore();
  return actor === 'operator' && name !== undefined ? `operator:${name}` : actor;
}
