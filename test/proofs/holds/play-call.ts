import type { Caller, Reply } from './caller.ts';

/** In the Bahamas: $0.13 a minute by the sample rates. */
export const BAHAMAS = '+12425550100';
export const MICROS_A_MINUTE = 130_000n;
const RESOLVED = 409;

/** A call of an office, which asks for so long and then ends as it may. */
export interface Call {
  id: string;
  /** The line it is made from: it says whose credits and limit it needs. */
  line: string;
  seconds: number;
  fate: Fate;
}

/** `contend`: two usages claim one hold; `dispute`: it is captured and released at once; `leave`: it is heard of no more. */
export const FATES = ['capture', 'capture', 'extend', 'contend', 'dispute', 'release', 'leave'] as const;
export type Fate = (typeof FATES)[number];

/** What the phone system knows of a call afterwards. */
export interface Played {
  call: Call;
  /** Null: its hold was refused, for this reason. */
  hold: { state: 'open' | 'captured' | 'released' } | null;
  reason: string | null;
  /** The usage that captured it, and what that costs. */
  usage: { id: string; micros: bigint } | null;
  faults: string[];
}

/** Plays a call over HTTP to its end. */
export async function playCall(caller: Caller, call: Call): Promise<Played> {
  const asked = await caller.send('/v1/holds', {
    id: call.id,
    kind: 'call',
    direction: 'outbound',
    external_number: BAHAMAS,
    internal_number: call.line,
    seconds: call.seconds,
  });
  const { outcome, reason } = asked.body;
  if (outcome !== 'granted') return { call, hold: null, reason: String(reason), usage: null, faults: [] };
  const end = new CallEnd(caller, call, Number(asked.body.granted_seconds));
  const { state, usage } = await end.play();
  return { call, hold: { state }, reason: null, usage, faults: end.faults };
}

type Ending = { state: 'open' | 'captured' | 'released'; usage: Played['usage'] };

/** How a call whose hold was granted ends. */
class CallEnd {
  readonly faults: string[] = [];
  readonly #caller: Caller;
  readonly #call: Call;
  readonly #answeredAt = new Date().toISOString();
  #grantedSeconds: number;

  constructor(caller: Caller, call: Call, grantedSeconds: number) {
    this.#caller = caller;
    this.#call = call;
    this.#grantedSeconds = grantedSeconds;
  }

  async play(): Promise<Ending> {
    switch (this.#call.fate) {
      case 'leave':
        return { state: 'open', usage: null };
      case 'release': {
        const replies = await Promise.all([this.#release(), this.#release()]);
        this.#expectWins(replies, 2);
        return { state: 'released', usage: null };
      }
      case 'dispute': {
        const [captured, released] = await Promise.all([this.#capture('a'), this.#release()]);
        this.#expectWins([captured, released], 1);
        return captured.status === 200 ? this.#capturedBy('a') : { state: 'released', usage: null };
      }
      case 'contend': {
        const [one, other] = await Promise.all([this.#capture('a'), this.#capture('b')]);
        this.#expectWins([one, other], 1);
        return this.#capturedBy(one.status === 200 ? 'a' : 'b');
      }
      case 'extend':
        await this.#extend();
    }
    const replies = await Promise.all([this.#capture('a'), this.#capture('a')]);
    this.#expectWins(replies, 2);
    return this.#capturedBy('a');
  }

  async #extend(): Promise<void> {
    const { body } = await this.#caller.send(`/v1/holds/${this.#call.id}/extend`, {
      seconds: this.#call.seconds + 120,
    });
    // Refused, it still says how long it lasts: what was granted of it before an answer was lost.
    this.#grantedSeconds = Number(body.granted_seconds);
  }

  /** The whole of what was granted was used, so that the usage costs what was held for it. */
  #capture(which: 'a' | 'b'): Promise<Reply> {
    const usage = {
      id: this.#usageId(which),
      kind: 'call',
      direction: 'outbound',
      external_number: BAHAMAS,
      internal_number: this.#call.line,
      answered_at: this.#answeredAt,
      duration_seconds: this.#grantedSeconds,
    };
    return this.#caller.send(`/v1/holds/${this.#call.id}/capture`, { usage }, [RESOLVED]);
  }

  #release(): Promise<Reply> {
    return this.#caller.send(`/v1/holds/${this.#call.id}/release`, undefined, [RESOLVED]);
  }

  #usageId = (which: 'a' | 'b'): string => `${this.#call.id}-${which}`;

  #capturedBy(which: 'a' | 'b'): Ending {
    const micros = BigInt(this.#grantedSeconds / 60) * MICROS_A_MINUTE;
    return { state: 'captured', usage: { id: this.#usageId(which), micros } };
  }

  #expectWins(replies: readonly Reply[], wins: number): void {
    const won = replies.filter(({ status }) => status === 200).length;
    if (won === wins) return;
    const { id, fate } = this.#call;
    this.faults.push(
      `${id} (${fate}): ${won} of ${replies.length} won, not ${wins}: ${JSON.stringify(replies).slice(0, 400)}`,
    );
  }
}
