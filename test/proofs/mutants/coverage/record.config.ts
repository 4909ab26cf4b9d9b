import { mergeConfig } from 'vitest/config';
import ours from '../../../../vitest.config.ts';

/** The tests as ever, each file with a record of the functions that it executes. */
export default mergeConfig(ours, {
  test: { setupFiles: ['test/proofs/mutants/coverage/record-functions.ts'] },
});
