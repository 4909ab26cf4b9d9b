import { formatDollars, fromCents } from '../../../money.ts';
import { outcomeOf } from '../api/confirm-intent.ts';
import { completeSetup, failSetup } from '../api/finish-setup.ts';
import { declineIntent, failIntent, payIntent, startProcessing } from '../api/settle-intent.ts';
import type { Stored } from '../books.ts';
import { readForm } from '../read-form.ts';
import type { PageCall } from './answer-page.ts';
import { successUrl } from './card-page.ts';
import { html } from './html.ts';
import { type PageAnswer, redirectTo, showNote, showPage } from './page-answer.ts';

type Question = Stored<'payment_intent'> | Stored<'setup_intent'>;

/** GET: the bank's question, as long as it is open. */
export async function openAuthentication(page: PageCall): Promise<PageAnswer> {
  const question = await findQuestion(page);
  if (question === undefined) return noQuestion();
  const method = await page.call.tx.find('payment_method', question.body.payment_method ?? '');
  if (question.body.status !== 'requires_action' || method === undefined) return answered();
  const card = `card •••• ${method.body.card.last4}`;
  const isPayment = question.body.object === 'payment_intent';
  const title = isPayment ? 'Confirm this payment' : 'Confirm this card';
  return showPage(
    200,
    title,
    html`<section class="panel bank">
      <p class="from">Your bank</p>
      <h1>${title}</h1>
      ${question.body.object === 'payment_intent' && html`<p class="amount">${formatDollars(fromCents(question.body.amount))}</p>`}
      <p class="soft">${isPayment ? `To Refill, with ${card}.` : `Refill would like to keep ${card} for later payments.`} Was this you?</p>
      <form method="post">
        <input type="hidden" name="client_secret" value="${String(question.body.client_secret)}">
        <div class="actions">
          <button class="button" name="decision" value="approve" data-busy="Confirming…">Yes, confirm</button>
          <button class="button quiet" name="decision" value="refuse">No, refuse</button>
        </div>
      </form>
    </section>`,
  );
}

/** POST: the holder's answer. Asked twice, it is answered once. */
export async function submitAuthentication(page: PageCall): Promise<PageAnswer> {
  const question = await findQuestion(page);
  if (question === undefined) return noQuestion();
  if (question.body.status !== 'requires_action') return answered();
  const isApproved = readForm(page.body).decision === 'approve';
  const method = await page.call.tx.lock('payment_method', question.body.payment_method ?? '');
  if (method === undefined) return answered();
  if (isApproved) await page.call.tx.save('payment_method', method.body, { authenticated: 'once' });
  return isPaymentQuestion(question)
    ? answerPayment(page, question, method, isApproved)
    : answerSetup(page, question, method, isApproved);
}

function isPaymentQuestion(question: Question): question is Stored<'payment_intent'> {
  return question.body.object === 'payment_intent';
}

async function answerPayment(
  page: PageCall,
  question: Stored<'payment_intent'>,
  method: Stored<'payment_method'>,
  isApproved: boolean,
): Promise<PageAnswer> {
  const { call } = page;
  const { body: intent, hidden } = question;
  if (isApproved) {
    const outcome = outcomeOf(call, method, true);
    if (outcome.kind === 'declined') await declineIntent(call, intent, method.body, outcome.decline);
    else if (outcome.kind === 'processing') await startProcessing(call, intent, method.body);
    else await payIntent(call, intent, method.body);
  } else {
    await failIntent(call, intent, method.body, {
      code: 'payment_intent_authentication_failure',
      message:
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    });
  }
  const isPaid = intent.status !== 'requires_payment_method';
  if (hidden.returnUrl === undefined) return tellPayment(isPaid);
  const url = new URL(hidden.returnUrl);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret);
  url.searchParams.set('redirect_status', isPaid ? 'succeeded' : 'failed');
  return redirectTo(url.href);
}

function tellPayment(isPaid: boolean): PageAnswer {
  return isPaid
    ? showNote(200, 'Payment confirmed', 'You can close this page and go back.')
    : showNote(200, 'Payment not made', 'Nothing was charged. You can close this page and go back.');
}

async function answerSetup(
  page: PageCall,
  question: Stored<'setup_intent'>,
  method: Stored<'payment_method'>,
  isApproved: boolean,
): Promise<PageAnswer> {
  const { call } = page;
  const session = (await call.tx.lock('checkout_session', question.hidden.session ?? ''))?.body;
  if (session === undefined || session.status !== 'open') return answered();
  if (isApproved) {
    await completeSetup(call, session, question.body, method);
    return redirectTo(successUrl(session));
  }
  await failSetup(call, question.body, method.body, {
    code: 'setup_intent_authentication_failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  });
  return redirectTo(`${session.url ?? ''}?bank=refused`);
}

/** The intent that is asked about, locked; undefined unless the address (or the form) carries its secret. */
async function findQuestion(page: PageCall): Promise<Question | undefined> {
  const { tx } = page.call;
  // The card page locks a session before its setup; so does this page, or the two could wait for each other.
  const setup = await tx.find('setup_intent', page.id);
  if (setup !== undefined) await tx.lock('checkout_session', setup.hidden.session ?? '');
  const found: Question | undefined =
    setup === undefined ? await tx.lock('payment_intent', page.id) : await tx.lock('setup_intent', page.id);
  const given = readForm(page.body).client_secret ?? page.url.searchParams.get('client_secret');
  return found !== undefined && found.body.client_secret === given ? found : undefined;
}

function noQuestion(): PageAnswer {
  return showNote(
    404,
    'There is no such page',
    'The link may be incomplete. Open it again from where you got it.',
  );
}

function answered(): PageAnswer {
  return showNote(410, 'Already answered', 'Your bank has your answer. You can close this page and go back.');
}
