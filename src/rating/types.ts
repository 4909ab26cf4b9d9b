import type { Money } from '../money.ts';

/** What a user of the phone system is entitled to: it decides what local calls cost (R1, R20). */
export type Licence = 'talk' | 'support' | 'sell';

export type Direction = 'inbound' | 'outbound';

/** R21. `internal` and `local` are free. */
export type Category =
  | 'internal'
  | 'local'
  | 'domestic'
  | 'toll_free'
  | 'international'
  | 'sms'
  | 'mms'
  | 'fax'
  | 'ai_conversation';

interface Traffic {
  direction: Direction;
  /** The other party: E.164, a short code's digits, or the name of a text's sender; null where it is withheld. */
  externalNumber: string | null;
  /** Both ends are the company's own. */
  isInternal: boolean;
  /** Country of the member's office, ISO 3166 alpha-2: rates have an origin, and "international" is seen from it. */
  officeCountry: string;
  /** Usage time: the deck in force at it applies, whole (R18). */
  at: Date;
}

export interface CallTraffic extends Traffic {
  kind: 'call';
  /** Null: the call was not answered, so nothing is billed (R19). */
  answeredAt: Date | null;
  /** Connected time in milliseconds; fractions are real, they round up to a second. */
  durationMs: number;
  licence: Licence;
  /** The company's own number in the call is a toll-free one. */
  isTollFreeLine: boolean;
  /** The company's own number, E.164, where known: rates of toll-free lines may depend on it. */
  internalNumber?: string | null;
  /** Prefixes of the office's included local area; absent: the office's country, for North America (R1). */
  localPrefixes?: readonly string[];
}

export interface MessageTraffic extends Traffic {
  kind: 'sms' | 'mms';
  /** Absent text counts as one segment (R22). */
  text: string | null;
  /** Counted already, where the text is not available; the text is then ignored. */
  segments?: number;
  /** Messages are billed per recipient; failed ones are free (R20). */
  recipients: number;
  isFailed: boolean;
}

export interface FaxTraffic extends Traffic {
  kind: 'fax';
  pages: number;
  isFailed: boolean;
}

export interface AiTraffic extends Traffic {
  kind: 'ai_conversation';
  /** A conversation costs only if the agent responded (R20). */
  hasResponded: boolean;
}

export type AnyTraffic = CallTraffic | MessageTraffic | FaxTraffic | AiTraffic;

/** What a piece of usage comes to; `unrated` is never free: it is listed until a rate arrives (R18). */
export type Rated =
  | {
      outcome: 'rated';
      class: 'calls' | 'ai';
      category: Category;
      cost: Money;
      billedSeconds: number;
      /** Segments, pages, conversations; 1 for a call. */
      quantity: number;
      /** The deck row's digits; null where no row was needed. */
      prefix: string | null;
      /** A description of how the price came about: "+44 20, $0.0100/min, 12 s billed as 60 s". */
      explanation: string;
    }
  | { outcome: 'unrated'; reason: UnratedReason; explanation: string };

export type UnratedReason = 'no-deck' | 'no-rate' | 'no-number' | 'bad-number' | 'blocked';
