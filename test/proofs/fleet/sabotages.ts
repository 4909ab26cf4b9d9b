import type { SourceBreakage } from '../../support/compiled-app/start-compiled-app.ts';
import type { Sabotage } from '../../support/sabotage.ts';

/** What is broken: a function of the ledger, or a compiled file of the app. */
export interface Breakage {
  ledger?: Sabotage;
  source?: SourceBreakage;
}

/** Ways to break the app that several processes, killed and restarted, must bring to light. */
export const sabotages: Record<string, Breakage> = {
  /** Nobody looks whether a record was posted before. */
  'no-duplicate-check': {
    ledger: {
      name: 'ledger_post_usage',
      from: 'AND usage_record.revision = 0)',
      to: 'AND usage_record.revision = -1)',
    },
  },
  /** Usage is answered before it is stored: what a kill or a lost database catches in between is gone. */
  'answered-early': {
    source: {
      file: '/usage/ingest/ingest-api-records.js',
      from: 'return await ingestEvents(deps, { companyId, source, events });',
      to: `void ingestEvents(deps, { companyId, source, events }).catch(() => undefined);
        return events.map(() => ({ outcome: 'posted', isAttributed: true }));`,
    },
  },
  /** A new idempotency key at each try, and no look at what the last one led to: a job that runs again charges again. */
  'key-per-try': {
    source: {
      file: '/billing/orders/pay.js',
      from: 'const prepared = await prepareIntent(deps, order, attempt);',
      to: `order = { ...order, token: order.token + Math.random() };
        const prepared = await prepareIntent(deps, order, { ...attempt, intentId: null, unknownSince: null });`,
    },
  },
  /** Jobs of workers that died stay theirs. */
  'dead-not-freed': {
    source: {
      file: '/queue/heartbeat.js',
      from: 'await pool.query(FREE_THE_DEAD,',
      to: 'void (FREE_THE_DEAD,',
    },
  },
};
