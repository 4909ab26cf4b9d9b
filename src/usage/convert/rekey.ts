import type { NumberKey } from '../../number-key.ts';
import { VENDOR_SOURCE } from '../ingest/usage-sources.ts';

/** A key of the version before: of a usage, or of a posting about one, which has the usage's key in it. */
const NUMBERED = new RegExp(
  `^((?:(?:event|attribute):${VENDOR_SOURCE}:|(?:re-rate/)?${VENDOR_SOURCE}/)?(?:call|message):.*:)` +
    '(\\+\\d+)(?=$|[:/])',
);

/** The key with its number replaced by the number's code; as it is where it has none. */
export function rekey(key: string, numberKey: NumberKey): string {
  return key.replace(NUMBERED, (_, before: string, number: string) => before + numberKey.codeOf(number));
}
