import { HOUR_MS } from '../../durations.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from '../../org/index.ts';
import type { IngestDeps } from './ingest-deps.ts';
import type { LegEvent } from './merge-legs.ts';
import { VENDOR_SOURCE } from './usage-sources.ts';

/** Looks at the texts among legs that were stored. */
export type TextWatch = (companyId: bigint, legs: readonly LegEvent[]) => Promise<void>;

/**
 * Notifies the operator, once for each company, that its phone system sends texts without their content: their segments cannot be
 * counted, and each is billed as one. Closes that notice when texts come with it again. Asks the database once an hour a
 * company at most, however many texts come. Applies R33.3.
 */
export function createTextWatch({ db, clock }: IngestDeps): TextWatch {
  const seen = new Map<bigint, { hasText: boolean; atMs: number }>();
  return async (companyId, legs) => {
    const texts = legs.filter(({ event }) => event.kind === 'sms' && !event.isFailed);
    const [first] = texts;
    if (first === undefined) return;
    const at = clock.now();
    const hasText = texts.some(({ event }) => event.text !== null);
    const last = seen.get(companyId);
    if (last?.hasText === hasText && at.getTime() - last.atMs < HOUR_MS) return;
    seen.set(companyId, { hasText, atMs: at.getTime() });
    const notice = { kind: 'texts-without-content', companyId, at } as const;
    if (hasText) return await resolveOperatorNotice(db, notice);
    // The event of a delivery may come without the text that an earlier one had.
    const { externalId } = first.event;
    const [known] = await db.$queryRaw<{ text: string | null }[]>`
      SELECT event ->> 'text' AS text FROM usage_leg
      WHERE company_id = ${companyId} AND source = ${VENDOR_SOURCE} AND external_id = ${externalId} AND leg = ${first.leg}`;
    if (known?.text == null) await raiseOperatorNotice(db, notice);
  };
}
