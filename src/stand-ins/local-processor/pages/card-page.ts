import { closeSession, isOverdue } from '../api/checkout-sessions.ts';
import { askHolderAtSetup, completeSetup, failSetup } from '../api/finish-setup.ts';
import { createPaymentMethod } from '../api/obtain-payment-method.ts';
import { type Decline, refuseSetup } from '../behaviour.ts';
import type { Call } from '../endpoint.ts';
import type { CheckoutSession } from '../objects.ts';
import { readForm } from '../read-form.ts';
import type { PageCall } from './answer-page.ts';
import { type PageAnswer, redirectTo, showNote } from './page-answer.ts';
import { readCard, type TypedCard } from './read-card.ts';
import { type CardPageView, showCardPage } from './show-card-page.ts';

const NOTHING_TYPED: TypedCard = { number: '', expiry: '', cvc: '' };

/** GET: the empty form, as long as the link is good. */
export async function openCardPage(page: PageCall): Promise<PageAnswer> {
  const session = await page.call.tx.lock('checkout_session', page.id);
  const refusal = await refuseLink(page.call, session?.body);
  if (refusal !== undefined || session === undefined) return refusal ?? unknownLink();
  const isBankRefusal = page.url.searchParams.get('bank') === 'refused';
  return showCardPage({
    ...(await viewOf(page.call, session.body)),
    alert: isBankRefusal ? 'Your bank did not confirm the card. Try again, or use another card.' : undefined,
  });
}

/** POST: the card is checked, and then saved, refused, or handed to its bank's question. */
export async function submitCardPage(page: PageCall): Promise<PageAnswer> {
  const { call } = page;
  const session = (await call.tx.lock('checkout_session', page.id))?.body;
  // A second click finds the work done and follows the first.
  if (session?.status === 'complete') return redirectTo(successUrl(session));
  const refusal = await refuseLink(call, session);
  if (refusal !== undefined || session === undefined) return refusal ?? unknownLink();
  const typed = readTyped(page.body);
  const view = { ...(await viewOf(call, session)), typed };
  const result = readCard(typed, call.now);
  if ('faults' in result) return showCardPage({ ...view, faults: result.faults });
  const intent = await call.tx.lock('setup_intent', session.setup_intent);
  if (intent === undefined) return unknownLink();
  const { card, expiry } = result.card;
  const method = await createPaymentMethod(call, card, expiry);
  const declined = refuseSetup(card.rule);
  if (declined !== undefined) {
    await failSetup(call, intent.body, method.body, declined);
    return showCardPage({ ...view, ...tellDecline(declined) });
  }
  if (card.rule.startsWith('authenticate-')) {
    return redirectTo(await askHolderAtSetup(call, intent.body, method.body));
  }
  await completeSetup(call, session, intent.body, method);
  return redirectTo(successUrl(session));
}

/** The address to return to, with the session's id where the app asked for it. */
export function successUrl(session: CheckoutSession): string {
  return session.success_url.replaceAll(/\{CHECKOUT_SESSION_ID\}|%7BCHECKOUT_SESSION_ID%7D/gi, session.id);
}

async function refuseLink(
  call: Call<unknown>,
  session: CheckoutSession | undefined,
): Promise<PageAnswer | undefined> {
  if (session === undefined) return unknownLink();
  if (isOverdue(session, call.wallNow)) await closeSession(call, session, 'expired');
  if (session.status === 'complete') {
    return showNote(
      410,
      'This link has been used',
      'The card was saved. A link works once; ask for a new one to add another card.',
    );
  }
  if (session.status === 'expired') {
    const back = session.cancel_url === null ? undefined : { href: session.cancel_url, label: 'Go back' };
    return showNote(
      410,
      'This link has expired',
      'No card was saved. Ask for a new link to add a card.',
      back,
    );
  }
  return undefined;
}

function unknownLink(): PageAnswer {
  return showNote(
    404,
    'There is no such page',
    'The link may be incomplete. Open it again from where you got it.',
  );
}

async function viewOf(call: Call<unknown>, session: CheckoutSession): Promise<CardPageView> {
  const customer = session.customer === null ? undefined : await call.tx.find('customer', session.customer);
  return {
    companyName: customer?.body.name ?? 'your company',
    cancelUrl: session.cancel_url,
    typed: NOTHING_TYPED,
    faults: {},
  };
}

function readTyped(body: string): TypedCard {
  const form = readForm(body);
  const read = (name: string) => (typeof form[name] === 'string' ? form[name] : '').slice(0, 40);
  return { number: read('number'), expiry: read('expiry'), cvc: read('cvc') };
}

/** Refusals that concern one field are told there, all others above the form. */
function tellDecline(decline: Decline): Pick<CardPageView, 'alert' | 'faults'> {
  if (decline.code === 'expired_card') return { alert: undefined, faults: { expiry: decline.message } };
  if (decline.code === 'incorrect_cvc') return { alert: undefined, faults: { cvc: decline.message } };
  return { alert: `${decline.message} No card was saved; you can use another one.`, faults: {} };
}
