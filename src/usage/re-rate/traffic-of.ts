import type { BookedUsage } from '../../ledger/index.ts';
import type { AnyTraffic, CallTraffic, Licence } from '../../rating/index.ts';

/** What the directory says now about the owner of a usage. */
export interface Circumstances {
  licence: Licence;
  officeCountry: string;
  /** Undefined: the default of the country. */
  localPrefixes: readonly string[] | undefined;
}

const LICENCES: readonly Licence[] = ['talk', 'support', 'sell'];

/**
 * A posted usage as the traffic it was rated from, in each way it may have been: the books keep what happened, not the
 * licence and local area of that day. The present ones come first. Empty for usage that no deck has a say in: it was
 * internal, local, unanswered, failed or not responded to.
 */
export function trafficOf(usage: BookedUsage, now: Circumstances): AnyTraffic[] {
  const traffic = {
    direction: usage.direction,
    externalNumber: usage.externalNumber,
    isInternal: false,
    officeCountry: now.officeCountry,
    at: usage.usageAt,
  };
  switch (usage.category) {
    case 'domestic':
    case 'international':
    case 'toll_free':
      return usage.billedSeconds === 0 ? [] : callsOf(usage, now, traffic);
    case 'sms':
      if (usage.quantity === 0) return [];
      return [
        { ...traffic, kind: 'sms', text: null, segments: usage.quantity, recipients: 1, isFailed: false },
      ];
    case 'mms':
      if (usage.quantity === 0) return [];
      return [{ ...traffic, kind: 'mms', text: null, recipients: usage.quantity, isFailed: false }];
    case 'fax':
      return usage.quantity === 0
        ? []
        : [{ ...traffic, kind: 'fax', pages: usage.quantity, isFailed: false }];
    case 'ai_conversation':
      return usage.quantity === 0 ? [] : [{ ...traffic, kind: 'ai_conversation', hasResponded: true }];
    default:
      return [];
  }
}

function callsOf(
  usage: BookedUsage,
  now: Circumstances,
  traffic: Pick<CallTraffic, 'direction' | 'externalNumber' | 'isInternal' | 'officeCountry' | 'at'>,
): CallTraffic[] {
  const licences = [now.licence, ...LICENCES.filter((licence) => licence !== now.licence)];
  const call = {
    ...traffic,
    kind: 'call' as const,
    answeredAt: usage.usageAt,
    durationMs: usage.durationMs,
    isTollFreeLine: usage.category === 'toll_free',
    internalNumber: usage.internalNumber,
  };
  const area = now.localPrefixes === undefined ? {} : { localPrefixes: now.localPrefixes };
  return licences.flatMap((licence) => [
    { ...call, licence, ...area },
    { ...call, licence, localPrefixes: [] },
  ]);
}
