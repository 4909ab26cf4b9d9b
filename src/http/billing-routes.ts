import {
  type BillingDeps,
  brandName,
  collectCard,
  findLinkedDocument,
  followCardLink,
  GatewayUnknownError,
  handleWebhook,
  readInvoicePdf,
  readReceiptFile,
} from '../billing/index.ts';
import { isDatabaseUnavailable } from '../db/index.ts';
import { hasCode, RefillError } from '../errors.ts';
import type { DeliveryRecorder } from '../org/index.ts';
import { findRefusal, problemReply } from './problems.ts';
import type { Reply } from './reply.ts';
import type { Route } from './server.ts';

const WEBHOOK_LIMIT_BYTES = 256 * 1024;
/** Where the card processor, and people coming from its pages, reach billing. */
export function billingRoutes(deps: BillingDeps, recordDelivery: DeliveryRecorder): Route[] {
  return [
    {
      method: 'POST',
      path: '/webhooks/stripe',
      async handle(request) {
        const signature = request.headers['stripe-signature'];
        try {
          const body = await request.body(WEBHOOK_LIMIT_BYTES);
          await handleWebhook(deps, body, typeof signature === 'string' ? signature : undefined);
          recordDelivery('processor');
          return { status: 200, json: { received: true } };
        } catch (error) {
          const isForged = hasCode(error, 'webhook-refused');
          if (isForged && signature !== undefined) recordDelivery('processor_refused');
          return explainWebhook(deps, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/billing/card/:token',
      async handle({ params }) {
        try {
          return { redirect: (await followCardLink(deps, params.token ?? '')).url };
        } catch (error) {
          return explainCardLink(error);
        }
      },
    },
    {
      method: 'GET',
      path: '/billing/card/:token/done',
      async handle({ params }) {
        const card = await collectCard(deps, { token: params.token ?? '' });
        if (card === null)
          return page('No card yet', 'No card was added. Nothing was charged. You can close this page.');
        return page(
          'Back to Slack',
          `Confirm there that the card ending in ${card.last4} (${brandName(card.brand)}) is yours: it isn’t used before that. You can close this page.`,
        );
      },
    },
    {
      method: 'GET',
      path: '/billing/card/:token/cancelled',
      handle: async () =>
        page('No card was added', 'Nothing was charged. You can close this page and go back to Slack.'),
    },
    {
      method: 'GET',
      path: '/billing/document/:reference',
      async handle({ params }) {
        const file = await openDocument(deps, params.reference ?? '');
        return file === null
          ? page('This link no longer works', 'Ask for the document again in Slack: /credits receipts.', 410)
          : { pdf: file };
      },
    },
    {
      method: 'GET',
      path: '/billing/return',
      handle: async () => page('Back to Slack', 'Refill asks the bank what happened and tells you in Slack.'),
    },
  ];
}

/** An event that cannot be handled now is answered with an error; the processor repeats it for days. */
function explainWebhook({ log }: BillingDeps, error: unknown): Reply {
  const refusal = hasCode(error, 'webhook-refused', 'webhook-malformed') ? findRefusal(error) : null;
  if (refusal !== null) {
    log.warn({ code: refusal.code }, 'a webhook of the card processor was refused');
    return problemReply(refusal.code);
  }
  if (!isDatabaseUnavailable(error) && !(error instanceof GatewayUnknownError)) throw error;
  log.warn({ err: error }, 'a webhook of the card processor could not be followed; it is asked for again');
  return problemReply('unavailable');
}

/** The file behind a link; null where that is none, or not that person's to see any more. */
async function openDocument(
  deps: BillingDeps,
  reference: string,
): Promise<{ name: string; content: Buffer } | null> {
  const linked = await findLinkedDocument(deps, reference);
  if (linked === null) return null;
  const { person, shown } = linked;
  try {
    return shown.kind === 'receipt'
      ? await readReceiptFile(deps, person, shown.number)
      : await readInvoicePdf(deps.db, person, shown.token);
  } catch (error) {
    if (hasCode(error, 'receipt-unknown', 'invoice-unknown')) return null;
    throw error;
  }
}

function explainCardLink(error: unknown): Reply {
  if (!(error instanceof RefillError)) throw error;
  return page('This link no longer works', `${error.message} Ask for a new one in Slack: /credits add.`, 410);
}

function page(title: string, text: string, status = 200): Reply {
  return { status, page: { title, text } };
}
