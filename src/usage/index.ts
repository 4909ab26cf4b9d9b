/** Usage: prices kept, usage taken in and shown. The room's only door. */
export { type DeckAt, deckInForce, readDecks } from './decks/deck-in-force.ts';
export { type DeckImport, type ImportedDeck, importDeck } from './decks/import-deck.ts';
export { importSampleDeck } from './decks/import-sample-deck.ts';
export { type DeckVersion, listDecks } from './decks/list-decks.ts';
