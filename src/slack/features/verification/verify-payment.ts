import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { readVerification, type VerificationFacts, verifyPayment } from '../../../billing/index.ts';
import { SECOND_MS } from '../../../durations.ts';
import type { Person } from '../../../org/index.ts';
import { requirePerson } from '../../access/require-person.ts';
import { verificationCopy as copy } from '../../copy/index.ts';
import { buttons, linkButton, section } from '../../kit/blocks.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { orRefuse } from '../../kit/refusal.ts';
import { type Message, replyPrivately } from '../../kit/reply.ts';

const POLL_EVERY_MS = 250;
const POLL_FOR_MS = 20 * SECOND_MS;

/**
 * [Verify payment]: the claim is committed before Slack gets its answer, so that nothing can lose this click. Then the
 * address of the bank's page goes to who clicked, and to no one else. The notice shows it as well, once it is known.
 */
export async function verifyClick(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
  ack: () => Promise<void>,
): Promise<void> {
  const person = await requirePerson(ctx, who);
  const token = readActionValue(body);
  const outcome = await orRefuse('verification', () => verifyPayment(ctx.billing, person, token));
  await ack();
  const answer = outcome === 'started' ? await drawOnceKnown(ctx, person, token) : { text: copy[outcome] };
  await replyPrivately(client, body, answer);
}

/** The charge is a job: waits for what comes of it, though not for ever. */
async function drawOnceKnown(ctx: SlackContext, person: Person, token: string): Promise<Message> {
  const until = performance.now() + POLL_FOR_MS;
  let facts = await readVerification(ctx.billing, person, token);
  while (facts.state === 'starting' && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    facts = await readVerification(ctx.billing, person, token);
  }
  return draw(facts);
}

function draw(facts: VerificationFacts): Message {
  const text = copy.states[facts.state](facts);
  const link =
    facts.actionUrl === null ? [] : [buttons(linkButton(copy.openBank, facts.actionUrl, { primary: true }))];
  return { text, blocks: [section(text), ...link] };
}
