import { signDigestsAnew } from '../../ledger/index.ts';
import { rotateSecrets } from '../../org/index.ts';
import { defineCommand } from '../frame/index.ts';

export const rotateSecretsCommand = defineCommand({
  name: 'secrets rotate',
  summary:
    'seal every stored secret, and sign every digest of the books, anew under REFILL_SECRET_KEY; what is under REFILL_SECRET_KEY_OLD is read',
  params: {},
  async run({ db, clock, secrets }) {
    const signed = await signDigestsAnew({ db, clock, signer: secrets });
    const { resealed, current } = await rotateSecrets({ db, clock, secrets });
    return {
      lines: [
        resealed + signed === 0
          ? `Nothing to do: all ${current} secrets are sealed under REFILL_SECRET_KEY.`
          : `Sealed ${resealed} secrets and signed ${signed} digests anew. Once every process of Refill has the new key, REFILL_SECRET_KEY_OLD can go.`,
      ],
      value: { resealed, current, signed },
    };
  },
});
