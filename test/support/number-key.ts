import { NumberKey } from '../../src/number-key.ts';
import { createSecretBox } from '../../src/org/index.ts';

/** The key of numbers of companies that only the ledger knows: one for all of them. */
export const numberKey = new NumberKey(Buffer.alloc(32, 7).toString('base64url'));

/** What opens the number keys of companies that the database knows. */
export const secrets = createSecretBox('the tests guard no secrets');
