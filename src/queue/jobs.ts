import { z } from 'zod';

/** A BIGINT identifier as JSON carries it. */
const id = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text));

const order = z.object({ companyId: id, orderId: id });

/**
 * Every job: its name and the shape of its payload. The contract between those who enqueue and those who work.
 * A job only triggers a handler, which reads our own rows; it carries no decision and no due time.
 */
export const jobs = {
  /** Moves a confirmed order on: charge, look up, credit. Safe to run any number of times. */
  'advance-order': order,
  /** Draws an order's present state where its buyer is looking. */
  'show-order': order,
  /** Moves the check of a card on: the small charge, or its refund. Safe to run any number of times. */
  'advance-card-check': z.object({ companyId: id, checkId: id }),
  /** Draws how the check of a card stands in the direct message that asked for it. */
  'show-card-check': z.object({ companyId: id, checkId: id }),
  /** Asks the person who opened the card page whether the card added there is theirs. */
  'ask-about-card': z.object({ companyId: id, cardId: id }),
  /** Sends one notice of the outbox, or brings its message up to date. */
  'deliver-notice': z.object({ companyId: id, noticeId: id }),
  /** Sends what waits for an endpoint of a company's phone system, in order. Safe to run any number of times. */
  'send-events': z.object({ companyId: id, endpointId: z.string().max(40) }),
  /** Decides whether a class of a wallet that crossed a watched level needs a notice. */
  'watch-balance': z.object({ companyId: id, walletId: id, class: z.enum(['calls', 'ai']) }),
  /** Decides whether a wallet is recharged, whose general credits crossed the level they are watched for. */
  'recharge-if-low': z.object({ companyId: id, walletId: id }),
  /** Decides which levels of a company's spending limits were reached and are notified. */
  'watch-limits': z.object({ companyId: id }),
  /** Makes a file of usage and hands it over; draws how that goes. Safe to run any number of times. */
  'run-export': z.object({ companyId: id, exportId: id }),
  /** Brings an invoice and its mirror at the processor together. Safe to run any number of times. */
  'mirror-invoice': z.object({ companyId: id, invoiceId: id }),
  /** Hands an invoice over as a file. Safe to run any number of times. */
  'send-invoice-file': z.object({ companyId: id, fileId: id }),
  /** Reads a company's directory from its phone system. Safe to run any number of times. */
  'sync-directory': z.object({ companyId: id }),
  /** Judges what an office spent lately, and tells what is unusual (R32). Safe to run any number of times. */
  'judge-spending': z.object({ companyId: id, officeId: id }),
  /** Looks for a company's people in its Slack workspace by their address. Safe to run any number of times. */
  'match-people': z.object({ companyId: id }),
} as const;

export type JobName = keyof typeof jobs;
/** Jobs whose address stands in SQL: `wakeWatch` and `wakeLimits` of the ledger enqueue them. */
type WatchJob = 'watch-balance' | 'recharge-if-low' | 'watch-limits';
export type EnqueuedHere = Exclude<JobName, WatchJob>;
export type JobPayload<N extends JobName> = z.output<(typeof jobs)[N]>;
export type JobHandler<N extends JobName> = (payload: JobPayload<N>) => Promise<void>;
/** A handler for every job: a room that forgets one does not compile. */
export type JobHandlers = { [N in JobName]: JobHandler<N> };
