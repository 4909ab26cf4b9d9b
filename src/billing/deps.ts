import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Logger } from '../log.ts';
import type { PaymentGateway } from './gateway.ts';
import type { InvoiceGateway } from './invoice-gateway.ts';

/** What billing is built from: the database, the one clock, the log and the card processor. */
export interface BillingDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  gateway: PaymentGateway;
  /** The processor's invoicing, where invoices are mirrored to it. */
  invoicing?: InvoiceGateway;
  /** Origin under which people reach this app; the processor's pages return there. Null where nobody does. */
  publicUrl: string | null;
}
