/** Acme Corp, which the try-out and the tests play. Imported by entry points and tests. */
import type { PlayedCompany } from '../stand-ins/index.ts';
import { DEMO_API_KEY, DEMO_HOLD_KEY, demoSeed, officeOfLine } from './cast.ts';
import { demoDirectory } from './demo-directory.ts';
import { demoUsage } from './demo-usage.ts';

export { createDemoCompany, demoHistoryMs } from './create-demo-company.ts';
export { demoDirectory } from './demo-directory.ts';

/** What the stand-ins play of it. */
export function demoCompany(): PlayedCompany {
  return {
    seed: demoSeed,
    directory: demoDirectory(),
    usageKey: DEMO_API_KEY,
    holdKey: DEMO_HOLD_KEY,
    officeOf: officeOfLine,
    usage: demoUsage,
  };
}
