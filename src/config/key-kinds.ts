/** What a value is, judged by how it begins: so that one in the wrong variable is named, not tried. */
const KINDS: readonly [RegExp, string][] = [
  [/^sk_live_/, 'a live secret key of Stripe'],
  [/^rk_live_/, 'a live restricted key of Stripe'],
  [/^sk_test_/, 'a test secret key of Stripe'],
  [/^rk_test_/, 'a test restricted key of Stripe'],
  [/^pk_(live|test)_/, 'a publishable key of Stripe'],
  [/^whsec_/, 'a webhook secret of Stripe'],
  [/^xoxb-/, 'a bot token of Slack'],
  [/^xoxp-/, 'a user token of Slack'],
  [/^xox[a-z]-/, 'a token of Slack'],
  [/^xoxe[.-]/, 'a configuration token of Slack'],
  [/^xapp-/, 'an app-level token of Slack'],
  [/^rk_[\w-]{32}$/, 'an API key of Refill'],
  [/^postgres(ql)?:\/\//, 'a database address'],
  [/^https?:\/\//, 'a web address'],
];

/** A name for the kind of a secret, or null where its text does not show it. */
export function kindOf(value: string): string | null {
  return KINDS.find(([pattern]) => pattern.test(value))?.[1] ?? null;
}

/** Play money: cards are charged with a test key only in play. */
export function isTestKey(stripeKey: string): boolean {
  return /^(sk|rk)_test_/.test(stripeKey);
}

/** The fault of a value that must begin in a certain way; null when it does. */
export function faultOfPrefix(value: string, pattern: RegExp, wanted: string): string | null {
  if (pattern.test(value)) return null;
  const kind = kindOf(value);
  return `must be ${wanted}${kind === null ? '' : `; this is ${kind}`}`;
}

/** The fault of a secret that shows nothing of its kind; null unless it is plainly something else. */
export function faultOfOther(value: string, wanted: string): string | null {
  const kind = kindOf(value);
  return kind === null ? null : `must be ${wanted}; this is ${kind}`;
}

/** The fault of a text that is to be a key: one of few different characters is guessed in no time. */
export function faultOfWeakKey(value: string): string | null {
  if (value.length < 16) return 'must have at least 16 characters';
  return new Set(value).size < 8 ? 'is too easy to guess: make one with openssl rand -base64 32' : null;
}
