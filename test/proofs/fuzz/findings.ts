import type { FuzzRequest } from './request.ts';

const MOST_SHOWN = 1_200;

interface Finding {
  /** What went wrong, with everything left out that differs from one time to the next. */
  kind: string;
  count: number;
  told: string;
}

/** What went wrong, each kind once, with the first request that brought it to light. */
export class Findings {
  readonly #byKind = new Map<string, Finding>();
  readonly #seed: number;
  readonly #onNew: (told: string) => void;

  constructor(seed: number, onNew: (told: string) => void) {
    this.#seed = seed;
    this.#onNew = onNew;
  }

  /** `number` is the request's; null where it is none's, or not known. */
  add(number: number | null, what: string, request?: FuzzRequest): void {
    const kind = what.replace(/[\w-]{16,}|\d+/g, '#').slice(0, 400);
    const known = this.#byKind.get(kind);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const told = [
      `${number === null ? 'of no request' : `request ${number}`}: ${what.slice(0, 2_500)}`,
      ...(number === null ? [] : [`  npm run proofs -- fuzz --seed ${this.#seed} --request ${number}`]),
      ...(request === undefined ? [] : [`  ${describeRequest(request)}`]),
    ].join('\n');
    this.#byKind.set(kind, { kind, count: 1, told });
    this.#onNew(told);
  }

  get count(): number {
    return this.#byKind.size;
  }

  list(): string[] {
    return [...this.#byKind.values()].map(({ told, count }) =>
      count === 1 ? told : `${told}\n  ${count} times`,
    );
  }
}

/** As it can be sent by hand. */
export function describeRequest({ what, method, path, headers, body }: FuzzRequest): string {
  const isForm = /urlencoded/.test(headers['content-type'] ?? '');
  const text = isForm
    ? decodeURIComponent(
        body
          .toString()
          .replaceAll('+', ' ')
          .replace(/%(?![\da-f]{2})/gi, '%25'),
      )
    : body.toString();
  // What the app showed stands in the request as well, and says little.
  const shown = text
    .replace(/"blocks":\[.*?\],(?="state"|"submit")/s, '')
    .replaceAll('x'.repeat(300), '…')
    .slice(0, MOST_SHOWN);
  return `${what}: ${method} ${path.slice(0, 300)} ${headers['content-encoding'] ?? ''} ${JSON.stringify(shown)}`;
}
