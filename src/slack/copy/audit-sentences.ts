import type { AuditAction } from '../../org/index.ts';
import {
  amount,
  approved,
  asker,
  card,
  changes,
  counted,
  invoice,
  limitOf,
  money,
  named,
  office,
  paidWith,
  person,
  question,
  rechargeFigures,
  role,
  type SentenceParts,
  text,
  wallet,
} from './audit-facts.ts';
import { capitalized } from './format.ts';

const payments = {
  'purchase-confirmed': (t: SentenceParts) => `${t.who} bought ${amount(t)} of credits${paidWith(t)}`,
  'purchase-approved': (t: SentenceParts) => `${t.who} approved a purchase of ${amount(t)}${paidWith(t)}`,
  'payment-verification-started': (t: SentenceParts) =>
    `${t.who} opened the bank’s page to verify a payment of ${amount(t)}`,
  'credits-added': (t: SentenceParts) =>
    `Credits of ${amount(t)} were added${paidWith(t)}${text(t, 'receipt') === null ? '' : `, receipt ${named(t, 'receipt')}`}`,
  'late-payment-refunded': (t: SentenceParts) =>
    `A payment of ${amount(t)} that arrived too late was refunded`,
  'payment-stuck': (t: SentenceParts) => `A payment of ${amount(t)} has had no answer for a day`,
  'payment-stuck-ended': (t: SentenceParts) => `A payment of ${amount(t)} without an answer was settled`,
  'order-resolved': (t: SentenceParts) =>
    `${t.who} closed a payment of ${amount(t)} as ${text(t, 'outcome') === 'paid' ? 'paid' : 'not paid'}`,
  'order-retried': (t: SentenceParts) => `${t.who} tried a payment of ${amount(t)} again${paidWith(t)}`,
  'refund-requested': (t: SentenceParts) => `${t.who} refunded ${amount(t)}`,
  'refund-pending': (t: SentenceParts) => `A refund of ${amount(t)} is being processed`,
  'refund-requires_action': (t: SentenceParts) => `A refund of ${amount(t)} needs your provider’s attention`,
  'refund-succeeded': (t: SentenceParts) => `A refund of ${amount(t)} was completed`,
  'refund-failed': (t: SentenceParts) => `A refund of ${amount(t)} failed`,
  'refund-canceled': (t: SentenceParts) => `A refund of ${amount(t)} was canceled`,
  'dispute-inquiry': () => 'The bank asked about a payment',
  'dispute-open': () => 'A payment was disputed',
  'dispute-closed': () => 'The bank’s question about a payment was closed',
  'dispute-won': () => 'A disputed payment was decided for you',
  'dispute-lost': () => 'A disputed payment was lost and its credits were taken back',
  'disputes-cleared': (t: SentenceParts) =>
    `${t.who} allowed purchases again after ${counted(t, 'disputes', 'dispute')}`,
  'customer-replaced': () => 'Your account at the card processor was replaced',
};

const cards = {
  'card-added': (t: SentenceParts) => `${t.who} added ${card(t)}`,
  'card-detached': (t: SentenceParts) => `The card processor removed ${card(t)}`,
  'card-replaced-by-bank': (t: SentenceParts) => `The bank replaced a card with ${card(t)}`,
  'card-claimed': (t: SentenceParts) => `${t.who} confirmed that ${card(t)} is theirs`,
  'card-disowned': (t: SentenceParts) => `${t.who} said that ${card(t)} isn’t theirs`,
  'card-confirmed': (t: SentenceParts) => `${t.who} verified ${card(t)}`,
  'card-check-failed': (t: SentenceParts) => `${t.who} couldn’t verify ${card(t)}`,
  'card-unlocked': (t: SentenceParts) => `${t.who} allowed ${card(t)} to be verified again`,
  'card-made-default': (t: SentenceParts) => `${t.who} made ${card(t)} the default card`,
  'card-made-fallback': (t: SentenceParts) => `${t.who} set ${card(t)} as the backup card`,
  'card-removed': (t: SentenceParts) => `${t.who} removed ${card(t)}`,
};

const credits = {
  'recharge-set': (t: SentenceParts) =>
    `${t.who} ${text(t, 'isOn') === 'false' ? 'turned off' : 'set'} auto-recharge for ${wallet(t)}${
      text(t, 'isOn') === 'false' ? '' : rechargeFigures(t)
    }${approved(t)}`,
  'recharge-paused': (t: SentenceParts) =>
    `${t.who} paused auto-recharge for ${wallet(t)} because of unusual spending`,
  'recharge-fired': (t: SentenceParts) => `Auto-recharge started a payment of ${amount(t)}`,
  'credits-granted': (t: SentenceParts) => `${t.who} added ${amount(t)} to ${office(t, 'office')}`,
  'credits-deducted': (t: SentenceParts) => `${t.who} deducted ${amount(t)} from ${office(t, 'office')}`,
  'credits-moved': (t: SentenceParts) =>
    `${t.who} moved ${amount(t)} from ${office(t, 'from')} to ${office(t, 'to')}`,
  'credit-sharing-changed': (t: SentenceParts) =>
    `${t.who} ${text(t, 'to') === 'company' ? 'started' : 'stopped'} sharing credits between offices`,
};

const bundles = {
  'bundle-bought': (t: SentenceParts) =>
    `${t.who} bought a bundle: ${money(t, 'credit') ?? 'credits'} for ${money(t, 'price') ?? 'a price'} a period${approved(t)}`,
  'bundle-changed': (t: SentenceParts) => `${t.who} changed a bundle${approved(t)}`,
  'bundle-cancelled': (t: SentenceParts) => `${t.who} cancelled a bundle`,
  'bundle-kept': (t: SentenceParts) => `${t.who} kept a bundle that was cancelled`,
  'bundle-resumed': (t: SentenceParts) => `${t.who} restarted a bundle`,
  'recurring-added': (t: SentenceParts) =>
    `${t.who} added recurring credits of ${money(t, 'credit') ?? 'an amount'}${approved(t)}`,
  'recurring-ended': (t: SentenceParts) => `${t.who} ended recurring credits`,
  'period-credited': (t: SentenceParts) => `A new period began with ${amount(t)}`,
};

const requests = {
  'credits-requested': (t: SentenceParts) =>
    `${t.who} requested ${text(t, 'amount') === null ? 'credits' : `${amount(t)} of credits`}`,
  'request-bought': (t: SentenceParts) => `${t.who} bought the credits that were requested`,
  'request-declined': (t: SentenceParts) => `${t.who} declined a request for credits`,
  'request-expired': () => 'A request for credits expired',
  'request-closed': () => 'A request for credits was closed',
  'approval-asked': (t: SentenceParts) => `${t.who} requested approval for ${question(t)}`,
  'approval-approved': (t: SentenceParts) => `${t.who} approved ${question(t)}${asker(t)}`,
  'approval-declined': (t: SentenceParts) => `${t.who} declined ${question(t)}${asker(t)}`,
  'approval-expired': (t: SentenceParts) => `The approval for ${question(t)} expired${asker(t)}`,
  'approval-overtaken': (t: SentenceParts) =>
    `The approval for ${question(t)} was no longer needed${asker(t)}`,
  'approval-closed': (t: SentenceParts) => `The approval for ${question(t)} was closed${asker(t)}`,
};

const invoices = {
  'invoice-issued': (t: SentenceParts) => `${invoice(t)} was issued`,
  'invoice-paid': (t: SentenceParts) => `${invoice(t)} was paid`,
  'invoice-reopened': (t: SentenceParts) => `${invoice(t)} is owed again: ${money(t, 'owed') ?? 'an amount'}`,
  'invoice-void': (t: SentenceParts) => `${invoice(t)} was voided`,
  'invoice-email-set': (t: SentenceParts) => `${t.who} changed the e-mail address for invoices`,
};

const people = {
  'role-granted': (t: SentenceParts) => `${t.who} made ${person(t, 'userId')} ${role(t)}`,
  'role-revoked': (t: SentenceParts) => `${t.who} removed ${person(t, 'userId')} as ${role(t)}`,
  'role-suspended': (t: SentenceParts) =>
    `${capitalized(person(t, 'userId'))} is no longer an active full member, so their roles are suspended`,
  'role-resumed': (t: SentenceParts) =>
    `${capitalized(person(t, 'userId'))} is an active full member again, so their roles are back`,
  'person-matched': (t: SentenceParts) =>
    `${capitalized(person(t, 'userId'))} was matched by an e-mail address that more than one person has`,
  'person-removed': (t: SentenceParts) => `${t.who} removed a person from the company`,
  'person-erased': (t: SentenceParts) =>
    `${t.who} erased a person’s name, addresses and numbers, with the numbers of ${counted(t, 'records', 'usage record')}`,
  'directory-imported': (t: SentenceParts) => `${t.who} imported the directory from files`,
  'directory-synced': (t: SentenceParts) =>
    `The directory was updated from the phone system: ${counted(t, 'added', 'addition')}, ${counted(t, 'changed', 'change')}, ${counted(t, 'gone', 'removal')}`,
  'directory-connected': (t: SentenceParts) => `${t.who} connected the phone system’s directory`,
  'directory-disconnected': (t: SentenceParts) => `${t.who} disconnected the phone system’s directory`,
};

const settings = {
  'settings-changed': (t: SentenceParts) => `${t.who} changed ${changes(t)}${approved(t)}`,
  'approval-limit-set': (t: SentenceParts) =>
    `${t.who} set your provider’s approval limit to ${money(t, 'limit') ?? 'none'}`,
  'own-approval-limit-set': (t: SentenceParts) =>
    `${t.who} set the approval limit to ${money(t, 'limit') ?? 'none'}`,
  'spending-limit-set': (t: SentenceParts) => `${t.who} set the ${limitOf(t)} to ${money(t, 'to') ?? 'none'}`,
  'spending-limit-ended': (t: SentenceParts) => `${t.who} removed the ${limitOf(t)}`,
  'notice-channel-set': (t: SentenceParts) => `${t.who} changed where notifications are posted`,
  'notice-resent': (t: SentenceParts) => `${t.who} sent a notification again`,
  'company-added': (t: SentenceParts) => `${t.who} created ${named(t, 'name')}`,
  'company-changed': (t: SentenceParts) => `${t.who} changed ${changes(t)}`,
  'company-suspended': (t: SentenceParts) => `${t.who} suspended the company`,
  'company-resumed': (t: SentenceParts) => `${t.who} resumed the company`,
  'company-closing': (t: SentenceParts) => `${t.who} began to close the company’s account`,
  'company-closed': (t: SentenceParts) =>
    `${t.who} closed the company’s account: ${money(t, 'refunded') ?? 'nothing'} refunded, ${money(t, 'kept') ?? 'nothing'} of credits ended, ${money(t, 'writtenOff') ?? 'nothing'} written off`,
  'company-exported': (t: SentenceParts) => `${t.who} exported everything of the company to a file`,
  'company-imported': (t: SentenceParts) => `${t.who} imported the company from another installation`,
  'company-moved': (t: SentenceParts) => `${t.who} moved the company to another Slack workspace`,
  'workspace-linked': (t: SentenceParts) => `${t.who} linked this Slack workspace`,
  'api-key-created': (t: SentenceParts) =>
    `${t.who} created the API key ${named(t, 'prefix')}… (${named(t, 'name')})`,
  'api-key-revoked': (t: SentenceParts) => `${t.who} revoked the API key ${named(t, 'prefix')}…`,
  'api-key-rotated': (t: SentenceParts) => `${t.who} replaced an API key`,
  'webhook-created': (t: SentenceParts) => `${t.who} created a webhook for usage`,
  'webhook-revoked': (t: SentenceParts) => `${t.who} revoked a webhook for usage`,
  'endpoint-added': (t: SentenceParts) => `${t.who} added an address for events`,
  'endpoint-removed': (t: SentenceParts) => `${t.who} removed an address for events`,
  'endpoint-on-again': (t: SentenceParts) => `${t.who} turned an address for events on again`,
  'secrets-rotated': (t: SentenceParts) => `${t.who} encrypted stored secrets with a new key`,
};

const usage = {
  'usage-accepted': (t: SentenceParts) => `${t.who} accepted usage that was waiting`,
  'usage-dropped': (t: SentenceParts) => `${t.who} dropped usage that was waiting`,
  'usage-refunded': (t: SentenceParts) => `${t.who} refunded ${amount(t)} of usage`,
  'usage-re-rated': (t: SentenceParts) =>
    `${t.who} priced usage again: a difference of ${money(t, 'difference') ?? 'an amount'}`,
  'number-erased': (t: SentenceParts) =>
    `${t.who} erased a phone number from ${counted(t, 'records', 'usage record')}`,
  'surprise-expected': (t: SentenceParts) =>
    `${t.who} marked unusual spending at ${named(t, 'office')} as expected`,
  'export-scheduled': (t: SentenceParts) => `${t.who} scheduled a usage export`,
  'export-schedule-ended': (t: SentenceParts) => `${t.who} ended a scheduled usage export`,
};

/** One sentence for each action, in Slack's mrkdwn, without the full stop; an action without one does not compile. */
export const AUDIT_SENTENCES: Record<AuditAction, (parts: SentenceParts) => string> = {
  ...payments,
  ...cards,
  ...credits,
  ...bundles,
  ...requests,
  ...invoices,
  ...people,
  ...settings,
  ...usage,
};
