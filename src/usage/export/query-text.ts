import { readStoredQuery, storeQuery } from './export-rows.ts';
import type { ExportQuery } from './types.ts';

/** As much as a button carries. */
const MAX_CHARACTERS = 2_000;

/** A query as the text that a button carries to the export's window; null where it is too long for one. */
export function encodeQuery(query: ExportQuery): string | null {
  const text = JSON.stringify(storeQuery(query));
  return text.length > MAX_CHARACTERS ? null : text;
}

/** The query that a button carries, null where it carries none. Untrusted: what it names is checked where it is used. */
export function decodeQuery(text: string): ExportQuery | null {
  try {
    return readStoredQuery(JSON.parse(text));
  } catch {
    return null;
  }
}
