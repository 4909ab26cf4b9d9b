import { MINUTE_MS } from '../../../durations.ts';

/** Slack takes answers at an address for half an hour. */
const LIVES_MS = 30 * MINUTE_MS;

/**
 * Where the list of bundles stands from which a purchase began, by the purchase's token. Kept in memory: bringing the list
 * up to date is a courtesy, and another process that answers the purchase does without.
 */
const addresses = new Map<string, string>();

export function rememberList(token: string, address: string): void {
  addresses.set(token, address);
  setTimeout(() => addresses.delete(token), LIVES_MS).unref();
}

/** Where the list stands; null where it is not known, or not any more. */
export function findList(token: string): string | null {
  return addresses.get(token) ?? null;
}
