import type { Check } from '../../ledger/index.ts';
import { creditChecks } from './checks-of-credits.ts';
import { paymentChecks } from './checks-of-payments.ts';

/** What connects credits with their causes, for verify: the ledger proves that its sums are right, these that each is due. */
export const causeChecks: readonly Check[] = [...creditChecks, ...paymentChecks];
