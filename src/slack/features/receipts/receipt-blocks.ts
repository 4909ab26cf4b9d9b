import type { Button, KnownBlock } from '@slack/types';
import type { ReceiptPage } from '../../../billing/index.ts';
import { receiptCopy as copy } from '../../copy/index.ts';
import { button, buttons, quiet, section } from '../../kit/blocks.ts';
import { plain } from '../../kit/modal.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { encodeState } from './list-state.ts';

export const RECEIPTS_PER_PAGE = 10;

/** Of a payment with more refunds the newest are shown: a message takes fifty blocks. */
const MAX_REFUNDS = 3;

/** A page of receipts, each with its file, and the way to the newer and the older ones. */
export function receiptBlocks(
  page: ReceiptPage,
  search: string,
  { timeZone, now }: ViewerContext,
): KnownBlock[] {
  const { receipts, skipped, count } = page;
  const header: KnownBlock = { type: 'header', text: plain(copy.header) };
  if (receipts.length === 0) return [header, section(search === '' ? copy.none : copy.noneFound(search))];
  return [
    header,
    ...receipts.flatMap((receipt) => [
      withFile(copy.row(receipt, timeZone, now), copy.pdf, receipt.number),
      ...receipt.refunds
        .slice(-MAX_REFUNDS)
        .map((refund) => withFile(copy.refund(refund, timeZone, now), copy.refundPdf, refund.number)),
    ]),
    ...turnButtons(page, search),
    quiet(copy.caption(skipped + 1, skipped + receipts.length, count)),
  ];
}

function withFile(text: string, label: string, number: string): KnownBlock {
  return { ...section(text), accessory: button(label, LINK_IDS.receiptFile, { value: number }) };
}

function turnButtons({ receipts, skipped, count, first }: ReceiptPage, search: string): KnownBlock[] {
  const turn = (label: string, action: string, to: number): Button =>
    button(label, action, { value: encodeState({ search, first, skipped: to }) });
  const before = Math.max(0, skipped - RECEIPTS_PER_PAGE);
  const after = skipped + receipts.length;
  const all = [
    ...(before > 0 ? [turn(copy.newest, IDS.action.receiptsNewest, 0)] : []),
    ...(skipped > 0 ? [turn(copy.newer, IDS.action.receiptsNewer, before)] : []),
    ...(after < count ? [turn(copy.older, IDS.action.receiptsOlder, after)] : []),
  ];
  return all.length === 0 ? [] : [buttons(...all)];
}
