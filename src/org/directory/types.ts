/** What a usage event says of who it belongs to; each name as its source writes it, absent where it says nothing. */
export interface PartyHint {
  /** The phone system's own ids. */
  memberRef?: string;
  officeRef?: string;
  departmentRef?: string;
  email?: string;
  /** The company's own number in the call or message, E.164. */
  internalNumber?: string;
}

/** Whose usage it is: what is known, and the primary office where nothing is (R5). */
export interface Party {
  /** Null: of no known office, which counts to the primary. */
  officeId: bigint | null;
  /** ISO 3166 alpha-2, the primary's where the office is not known. */
  officeCountry: string;
  departmentId: bigint | null;
  memberId: bigint | null;
  /** The licence code as the directory has it, e.g. `talk`, `agents`; null where the member is not known. */
  licence: string | null;
  /** The company's own number is a toll-free one. */
  isTollFreeLine: boolean;
  /** Prefixes of the office's included local area; null: the default of its country (R1). */
  localPrefixes: readonly string[] | null;
  /** False where the hint named a member or number that the directory does not have: kept as unattributed. */
  isAttributed: boolean;
}

/** A company's directory in memory, as of one moment. */
export interface Directory {
  companyId: bigint;
  /** The phone system's ids of the offices were imported, so that an unknown id can be recognised. */
  knowsOffices: boolean;
  /** The phone system's id of an office belongs to this company. */
  hasOffice(officeRef: string): boolean;
  /** A number of the company's own: with both ends its own, a call is internal (R1). */
  isOwnNumber(number: string): boolean;
  findParty(hint: PartyHint): Party;
}
