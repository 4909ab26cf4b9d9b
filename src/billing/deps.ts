import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Logger } from '../log.ts';
import type { SecretBox } from '../org/index.ts';
import type { PaymentGateway } from './gateway.ts';
import type { InvoiceGateway } from './invoice-gateway.ts';

/** What billing is built from: the database, the one clock, the log, the card processor and the secret key. */
export interface BillingDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  gateway: PaymentGateway;
  /** Seals what nobody may read of a card's check. */
  secrets: SecretBox;
  /** The processor's invoicing, where invoices are mirrored to it. */
  invoicing?: InvoiceGateway;
  /** Origin under which people reach this app; the processor's pages return there. Null where nobody does. */
  publicUrl: string | null;
}
