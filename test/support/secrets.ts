import { createSecretBox } from '../../src/org/index.ts';

/** Seals what tests store. */
export const testSecrets = createSecretBox('the tests guard no secrets');
