/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    invoiceShow: 'invoice_show',
    invoiceFile: 'invoice_file',
    invoicePdf: 'invoice_pdf',
  },
  view: {
    invoice: 'invoice',
  },
} as const;
