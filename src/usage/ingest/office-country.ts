import type { Directory, PartyHint } from '../../org/index.ts';

/** The country of whose usage it is: it decides how a number without a plus was dialled. */
export type OfficeCountryOf = (party: PartyHint) => string;

/** By the directory, the primary office's where the party is not known. */
export function officeCountries(directory: Directory): OfficeCountryOf {
  return (party) => directory.findParty(party).officeCountry;
}
