import { receiptCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINKS } from '../../links.ts';
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
    [LINKS.receiptsShow]: showReceipts,
    [LINKS.receiptFile]: sendReceipt,
    [IDS.action.receiptsNewest]: turnReceipts,
    [IDS.action.receiptsNewer]: turnReceipts,
    [IDS.action.receiptsOlder]: turnReceipts,
  },
  readOnly: [
    LINKS.receiptsShow,
    IDS.action.receiptsNewest,
    IDS.action.receiptsNewer,
    IDS.action.receiptsOlder,
  ],
  reads: [LINKS.receiptFile],
} satisfies Feature;
