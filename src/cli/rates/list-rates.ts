import { listDecks } from '../../usage/index.ts';
import { defineCommand } from '../frame/index.ts';
import { describeVersion } from './describe-import.ts';

export const listRatesCommand = defineCommand({
  name: 'rates list',
  summary: 'the imports of rates, and how much of each is in force',
  params: {},
  async run({ db, clock }) {
    const decks = await listDecks(db, clock.now());
    return {
      lines:
        decks.length === 0
          ? ['There are no rates yet: all usage waits unrated. Import a deck first.']
          : decks.map(describeVersion),
      value: { decks },
    };
  },
});
