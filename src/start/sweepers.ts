import {
  type BillingDeps,
  billingSweeps,
  causeChecks,
  oldCardLinks,
  slowBillingSweeps,
} from '../billing/index.ts';
import { SECOND_MS } from '../durations.ts';
import { createDigestSweep, createLedgerSweep, createNightlyVerify } from '../ledger/index.ts';
import { sweepLimits } from '../limits/index.ts';
import {
  oldNotices,
  sweepEndpoints,
  sweepEnforcement,
  sweepNotices,
  sweepQuietHours,
  sweepSentEvents,
} from '../notices/index.ts';
import {
  announceOperatorNotices,
  isFullVerificationDue,
  type OperatorPost,
  oldLinkAttempts,
  recordVerification,
  sweepDirectories,
} from '../org/index.ts';
import { createCleanupSweep, type Sweep, type Sweeps, startSweeper } from '../queue/index.ts';
import { sweepDigests, sweepPeople } from '../slack/index.ts';
import {
  createRetentionSweep,
  createSilenceSweep,
  createSpendingSweep,
  oldExports,
  oldHoldRequests,
  spendingChecks,
  sweepExports,
  sweepInbox,
  sweepLegs,
  sweepSchedules,
  sweepUnrated,
  type UsageDeps,
} from '../usage/index.ts';

const SLOW_SWEEP_MS = 30 * SECOND_MS;
const SPENDING_SWEEP_MS = 10 * SECOND_MS;
/** What is deleted at night; docs/operate/sizing.md lists every table. */
const CLEANUPS = [oldNotices, oldExports, oldHoldRequests, oldCardLinks, oldLinkAttempts];

export interface SweepDeps extends UsageDeps {
  billing: BillingDeps;
  databaseUrl: string;
  post: OperatorPost;
  sweepStandings: Sweep;
}

/** Starts every sweep of a worker: the table of what is found by looking, and how often each looks. */
export function startSweepers(deps: SweepDeps): { stop(): Promise<void> }[] {
  const { db, clock, log, secrets, billing } = deps;
  const fast: Sweeps = {
    ...billingSweeps(billing),
    notices: () => sweepNotices({ db, clock }),
    'quiet-hours': () => sweepQuietHours({ db, clock }),
    endpoints: () => sweepEndpoints({ db, clock }),
    exports: () => sweepExports({ db, clock }),
    directories: () => sweepDirectories({ db, clock }),
  };
  const slow: Sweeps = {
    ledger: createLedgerSweep({ db, clock }),
    limits: () => sweepLimits({ db, clock }),
    inbox: () => sweepInbox(deps),
    legs: () => sweepLegs({ db, clock }),
    people: () => sweepPeople({ db, clock }),
    digests: () => sweepDigests({ db, clock }),
    schedules: () => sweepSchedules({ db, clock }),
    standings: deps.sweepStandings,
    ...slowBillingSweeps(billing),
    retention: createRetentionSweep({ db, clock }),
    cleanup: createCleanupSweep({ db, clock }, CLEANUPS),
    unrated: () => sweepUnrated({ db, clock }),
    silence: createSilenceSweep({ db, clock }),
    'sent-events': () => sweepSentEvents({ db, clock }),
    enforcement: () => sweepEnforcement({ db, clock }),
    'operator-notices': () => announceOperatorNotices({ db, clock, log, post: deps.post }),
  };
  // Beside the others, so that what is unusual is told within a minute whatever they take.
  const spending: Sweeps = { spending: createSpendingSweep({ db, clock }) };
  // Beside the others, which cannot wait for the minutes that it takes.
  const books: Sweeps = {
    'book-digests': createDigestSweep({ db, clock, signer: secrets }),
    verification: createNightlyVerify({
      url: deps.databaseUrl,
      clock,
      log,
      checks: [...causeChecks, ...spendingChecks],
      signer: secrets,
      isFullDue: (day) => isFullVerificationDue(db, day),
      record: (night) => recordVerification(db, night),
    }),
  };
  return [
    startSweeper(fast, log),
    startSweeper(slow, log, SLOW_SWEEP_MS),
    startSweeper(spending, log, SPENDING_SWEEP_MS),
    startSweeper(books, log, SLOW_SWEEP_MS),
  ];
}
