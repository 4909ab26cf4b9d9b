import { requireRight } from '../../access/require-person.ts';
import { balanceCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { renderBalance } from '../../screens/render-balance.ts';
import { notices } from './notices.ts';

export const balance = {
  commands: [
    {
      word: 'balance',
      also: [''],
      help: [{ for: 'see_money', text: balanceCopy.help }],
      run: async (ctx, { who, askedAt }) =>
        await renderBalance(ctx, await requireRight(ctx, who, 'see_money'), askedAt),
    },
  ],
  notices,
} satisfies Feature;
