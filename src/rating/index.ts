/** Rating: what usage costs. Pure: decks and traffic in, prices and their explanations out. The module's public API. */
export {
  type CallTerms,
  callTerms,
  costOfSeconds,
  countIncrements,
  findCallTerms,
  secondsOfIncrements,
} from './call-terms.ts';
export { type CompiledDeck, compileDeck } from './compile-deck.ts';
export { DECK_COLUMNS, type DeckColumn } from './deck/column-names.ts';
export { type DeckKind, type DeckRow, keyOf, pickDeck, type RateDeck } from './deck/deck.ts';
export {
  createDeckParser,
  type DeckFacts,
  type DeckFault,
  type DeckFile,
  type DeckOptions,
  type ParsedDeck,
} from './deck/deck-parser.ts';
export { type DatedRow, toVersions } from './deck/deck-versions.ts';
export type { Outlier } from './deck/find-outliers.ts';
export { noDeck, parseDeck } from './deck/parse-deck.ts';
export type { FileRow } from './deck/read-row.ts';
export { sampleDeck, sampleDeckFile, sampleRowsFor, withSamplePrices } from './deck/sample-deck.ts';
export { licenceOf } from './licences.ts';
export { countryOf, formatPrefix, isCountry, isTollFree } from './places/places.ts';
export { rateTraffic } from './rate-traffic.ts';
export { countSegments } from './sms-segments.ts';
export type {
  AiTraffic,
  AnyTraffic,
  CallTraffic,
  Category,
  Direction,
  FaxTraffic,
  Licence,
  MessageTraffic,
  Rated,
  UnratedReason,
} from './types.ts';
