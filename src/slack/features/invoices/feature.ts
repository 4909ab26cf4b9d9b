import { invoiceCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { renderInvoices, sendFile, sendPdf, showInvoices } from './list-invoices.ts';
import { notices } from './notices.ts';
import { showInvoice } from './show-invoice.ts';

export const invoices = {
  commands: [
    {
      word: 'invoices',
      also: ['invoice'],
      help: [{ for: 'see_invoices', text: invoiceCopy.help }],
      run: (ctx, { who, rest }) => renderInvoices(ctx, who, rest.plain),
    },
  ],
  messageActions: {
    [LINK_IDS.invoicesShow]: showInvoices,
    [IDS.action.invoiceShow]: showInvoice,
    [IDS.action.invoiceFile]: sendFile,
    [IDS.action.invoicePdf]: sendPdf,
  },
  readOnly: [LINK_IDS.invoicesShow, IDS.action.invoiceShow],
  allowedWhileSuspended: [IDS.action.invoiceFile, IDS.action.invoicePdf],
  notices,
} satisfies Feature;
