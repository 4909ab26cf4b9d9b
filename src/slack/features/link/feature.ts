import { generalCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { linkWorkspace } from './link-workspace.ts';

export const link = {
  commands: [
    {
      word: 'link',
      help: [{ for: 'link_workspace', text: generalCopy.helpLink }],
      run: async (ctx, { who, rest }) => ({ text: await linkWorkspace(ctx, who, rest.plain) }),
    },
  ],
} satisfies Feature;
