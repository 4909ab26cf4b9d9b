import { requestCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import {
  openDecline,
  openRequest,
  requestByCommand,
  submitDecline,
  submitRequest,
} from './request-credits.ts';
import { requestText } from './request-views.ts';

export const requests = {
  commands: [
    {
      word: 'request',
      help: [
        { for: 'request_credits', text: requestCopy.helpWhom },
        { for: 'request_credits', text: requestCopy.help },
      ],
      async run(ctx, { client, who, rest, triggerId }) {
        const text = await requestByCommand(ctx, client, who, { typed: rest.plain, triggerId });
        return text === null ? null : { text };
      },
    },
  ],
  messageActions: { [LINK_IDS.requestOpen]: openRequest, [LINK_IDS.requestDecline]: openDecline },
  submissions: { [IDS.view.requestForm]: submitRequest, [IDS.view.requestDecline]: submitDecline },
  readOnly: [LINK_IDS.requestOpen, LINK_IDS.requestDecline, IDS.view.requestForm],
  textModal: requestText,
  notices,
} satisfies Feature;
