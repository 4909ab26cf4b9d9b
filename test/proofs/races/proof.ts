import { z } from 'zod';
import { addBundle, type BillingDeps } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { type Db, openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { testCompany } from '../../support/company.ts';
import { testSecrets } from '../../support/secrets.ts';
import { defineProof, wholeNumber } from '../proof.ts';
import { simProcessor } from '../simulate/processor.ts';
import { prepare, type Race } from './arena.ts';
import { claimRaces } from './claim-races.ts';
import { racingDb } from './racing-db.ts';
import { recordRaces } from './record-races.ts';

const START = Date.parse('2026-12-02T18:00:00Z');
const AT_ONCE = 6;
/** Without the guards a race is passed at least once in so many rounds, or it shows nothing. */
const PASSED_ONE_OF = 10;

export const racesProof = defineProof({
  claim: 'two acts at once on one thing: what was judged is what is done, whoever comes in between',
  options: z.object({ rounds: wholeNumber(60) }),
  sabotages: ['no-guards'],
  sabotageOptions: { rounds: 60 },
  share: () => [{ options: { rounds: 9 } }],
  async play({ rounds }, { server, sabotage, onProgress }) {
    const database = await server.migrated();
    const log = createLogger('silent');
    const db = await openDb({ url: database.url, poolSize: 2 * AT_ONCE, log });
    try {
      const guards = sabotage === undefined;
      const figures: Record<string, string> = {};
      const details: string[] = [];
      const bundleId = await sellBundle(db);
      for (const [name, race] of Object.entries({ ...claimRaces, ...recordRaces })) {
        const played = Math.max(1, Math.ceil(rounds / race.oneRoundOf));
        const passed = await countPassed({ db, log, guards, bundleId }, race, played);
        figures[name] = `${passed} of ${played}`;
        onProgress(`${name}: ${passed} of ${played}`);
        const isRight = guards ? passed === 0 : passed * PASSED_ONE_OF >= played;
        if (!isRight) details.push(`${name}: ${race.never}; it did in ${passed} of ${played} rounds`);
      }
      const holds = guards ? details.length === 0 : details.length > 0;
      return { verdict: holds ? 'holds' : 'broken', figures, details };
    } finally {
      await db.$disconnect();
      await database.close();
    }
  },
});

interface Ground {
  db: Db;
  log: BillingDeps['log'];
  guards: boolean;
  bundleId: bigint;
}

/** Runs a race so many times, a few at once; answers how often what never happens happened. */
async function countPassed(ground: Ground, race: Race, rounds: number): Promise<number> {
  let left = rounds;
  let passed = 0;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (await runOnce(ground, race)) passed += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return passed;
}

async function runOnce({ db, log, guards, bundleId }: Ground, race: Race): Promise<boolean> {
  const clock = new MovableClock(START, () => 0);
  const { gateway } = simProcessor({
    verdict: () => 'approve',
    fate: () => 'answered',
    meanwhile: async () => undefined,
    now: () => clock.now(),
  });
  const sound: BillingDeps = {
    db,
    clock,
    log,
    gateway,
    secrets: testSecrets,
    publicUrl: 'http://127.0.0.1:1',
  };
  const company = await testCompany(db, race.company ?? {});
  await prepare(sound, company);
  return await race.run({ deps: { ...sound, db: racingDb(db, { guards }) }, company, bundleId });
}

async function sellBundle(db: Db): Promise<bigint> {
  const sold = { name: 'Calling 60', kind: 'calling', period: 'monthly' } as const;
  const at = new Date(START);
  return (await addBundle(db, { ...sold, credit: dollars('70'), price: dollars('60'), at })).id;
}
