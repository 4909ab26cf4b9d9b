import type { SourceBreakage } from '../../support/compiled-app/start-compiled-app.ts';

/** Ways to break the app that several processes, killed and restarted, must bring to light: in one of its compiled files. */
export const sabotages: Record<string, SourceBreakage> = {
  /** A new idempotency key at each try, and no look at what the last one led to: a job that runs again charges again. */
  'key-per-try': {
    file: '/billing/orders/pay.js',
    from: 'const prepared = await prepareIntent(deps, order, attempt);',
    to: `order = { ...order, token: order.token + Math.random() };
      const prepared = await prepareIntent(deps, order, { ...attempt, intentId: null, unknownSince: null });`,
  },
};
