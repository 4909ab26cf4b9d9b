import {
  type BillingDeps,
  createBilling,
  createStripeLists,
  type ProcessorLists,
} from '../../billing/index.ts';
import { type Config, TRY_OUT_PROCESSOR_KEY } from '../../config.ts';
import type { CommandContext } from './command.ts';

/** How far above the page's port the try-out's card processor listens, where nothing else had taken a port. */
const PROCESSOR_PORT = 3;

/** Billing over the card processor that the app uses: the one that the environment names, else the try-out's own. */
export function openBilling({ config, db, clock, log, secrets, publicUrl }: CommandContext): BillingDeps {
  const mirrorsInvoices = config.live === undefined || config.mirrorsInvoices;
  return createBilling({ db, clock, log, secrets, publicUrl, stripe: processorOf(config), mirrorsInvoices });
}

/** The lists of the same processor. */
export function openLists({ config }: Pick<CommandContext, 'config'>): ProcessorLists {
  return createStripeLists(processorOf(config));
}

function processorOf({ live, port }: Config) {
  return (
    live?.stripe ?? {
      secretKey: TRY_OUT_PROCESSOR_KEY,
      webhookSecret: undefined,
      apiUrl: `http://127.0.0.1:${port + PROCESSOR_PORT}`,
    }
  );
}
