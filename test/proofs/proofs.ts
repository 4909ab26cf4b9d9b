import { accessProof } from './access/proof.ts';
import { crashProof } from './crash/proof.ts';
import { dayProof } from './day/proof.ts';
import { decksProof } from './decks/proof.ts';
import { fleetProof } from './fleet/proof.ts';
import { fuzzProof } from './fuzz/proof.ts';
import { hammerProof } from './hammer/proof.ts';
import { holdsProof } from './holds/proof.ts';
import { longProof } from './long/proof.ts';
import { mutantsProof } from './mutants/proof.ts';
import type { Proof } from './proof.ts';
import { racesProof } from './races/proof.ts';
import { simulateProof } from './simulate/proof.ts';
import { soakProof } from './soak/proof.ts';
import { surprisesProof } from './surprises/proof.ts';

/** Every proof by the name it is asked for by. */
export const proofs: Readonly<Record<string, Proof>> = {
  simulate: simulateProof,
  soak: soakProof,
  hammer: hammerProof,
  crash: crashProof,
  holds: holdsProof,
  day: dayProof,
  races: racesProof,
  access: accessProof,
  fleet: fleetProof,
  fuzz: fuzzProof,
  decks: decksProof,
  surprises: surprisesProof,
  long: longProof,
  mutants: mutantsProof,
};
