import { unlockCard } from '../../billing/index.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const unlockCardCommand = defineCommand({
  name: 'card unlock',
  summary: 'unlock a card after too many wrong amounts, and vouch for it',
  params: {
    company: companyOption(),
    last4: argument('<last4>', 'the last four digits of the card', text),
  },
  async run({ db, clock }, { company, last4 }) {
    await unlockCard({ db, clock }, { companyId: company.id, last4 });
    return {
      lines: ['Unlocked. A company admin can choose it with /credits card.'],
      value: { last4 },
    };
  },
});
