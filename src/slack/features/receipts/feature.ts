import { receiptCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { runReceipts, showReceipts, turnReceipts } from './list-receipts.ts';
import { sendReceipt } from './send-receipt.ts';

export const receipts = {
  commands: [
    {
      word: 'receipts',
      also: ['receipt'],
      help: [{ for: 'see_money', text: receiptCopy.help }],
      run: runReceipts,
    },
  ],
  messageActions: {
    [LINK_IDS.receiptsShow]: showReceipts,
    [LINK_IDS.receiptFile]: sendReceipt,
    [IDS.action.receiptsNewest]: turnReceipts,
    [IDS.action.receiptsNewer]: turnReceipts,
    [IDS.action.receiptsOlder]: turnReceipts,
  },
  readOnly: [
    LINK_IDS.receiptsShow,
    IDS.action.receiptsNewest,
    IDS.action.receiptsNewer,
    IDS.action.receiptsOlder,
  ],
  allowedWhileSuspended: [LINK_IDS.receiptFile],
} satisfies Feature;
