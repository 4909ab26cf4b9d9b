/**
 * Who may do what, written from the rules (R13, R25, R30) and not from the code: a row for everything that the app
 * registers with Slack. `test/unit/slack/access-matrix.test.ts` fails where a row is missing.
 */
import { MESSAGE_LIST_KEY } from '../../../src/slack/kit/long-lists.ts';
import { IDS } from '../../support/slack-ids.ts';
import { SENDERS, type Sender } from './people.ts';
import type { ThingName } from './things.ts';

/** How Slack asks: a button in a message, one in a window, a form, a list's options, a command, an event. */
export type Way = 'click' | 'view' | 'submit' | 'list' | 'command' | 'event';

export interface Row {
  way: Way;
  id: string;
  /** The window that a list or a button of a window stands in. */
  window?: string;
  /** What the request names. */
  names: ThingName;
  /** Who may, with what is theirs; where it is an office's, with that of the first office. */
  who: readonly Sender[];
  /** It is an office's: admins of another office may the same with theirs. */
  ofOffice: boolean;
  /** It is whose who opened it: nobody else may; or nobody but them and company admins. */
  own: boolean | 'or_company_admin';
  /** It changes something that stays. What does not may leave a draft of the sender's own, and nothing else. */
  acts: boolean;
  /** Each request does it anew: another page for a card is another page. */
  repeats: boolean;
  /** What it did is not answered to the sender, but told by the outbox, or later. */
  silent: boolean;
  /** Its fields name offices, bundles or people, so that a form of one's own can carry others'. */
  fieldsName: boolean;
  /** What it changes everything else depends on. */
  last: boolean;
}

type Marks = Partial<
  Pick<Row, 'window' | 'ofOffice' | 'own' | 'acts' | 'repeats' | 'silent' | 'fieldsName' | 'last'>
>;

const row = (way: Way, id: string, names: ThingName, who: readonly Sender[], marks: Marks = {}): Row => ({
  way,
  id,
  names,
  who,
  ofOffice: false,
  own: false,
  acts: false,
  repeats: false,
  silent: false,
  fieldsName: false,
  last: false,
  ...marks,
});

const COMPANY: readonly Sender[] = ['company_admin'];
/** Of the first office's credits. */
const BUYERS_HERE: readonly Sender[] = ['company_admin', 'office_admin_here'];
const BUYERS: readonly Sender[] = [...BUYERS_HERE, 'office_admin_elsewhere'];
const READERS_HERE: readonly Sender[] = [...BUYERS_HERE, 'manager'];
const READERS: readonly Sender[] = [...BUYERS, 'manager'];
/** Who may not add the credits that they would ask for. */
const ASKERS: readonly Sender[] = ['manager', 'member'];
const PEOPLE: readonly Sender[] = [...BUYERS, ...ASKERS];
const EVERYBODY: readonly Sender[] = SENDERS;
const NOBODY: readonly Sender[] = [];

const { action, view, field } = IDS;
const OF_OFFICE = { ofOffice: true };
const ACT = { acts: true };
const OFFICE_ACT = { ...OF_OFFICE, ...ACT };
const OWN = { own: true };

const clicks: readonly Row[] = [
  row('click', action.addCredits, 'scope', BUYERS),
  row('click', action.addToResume, 'scope', BUYERS),
  row('click', action.cardShow, 'nothing', COMPANY),
  row('click', action.cardAdd, 'nothing', COMPANY, { ...ACT, repeats: true }),
  row('click', action.cardClaim, 'newCard', COMPANY, { ...ACT, ...OWN }),
  row('click', action.cardDisown, 'newCard', COMPANY, { ...ACT, ...OWN }),
  row('click', action.cardAmount, 'check', COMPANY),
  row('click', action.cardDefault, 'card', COMPANY, ACT),
  row('click', action.cardFallback, 'card', COMPANY, ACT),
  row('click', action.cardRemove, 'card', COMPANY, ACT),
  row('click', action.rechargeShow, 'wallet', BUYERS),
  row('click', action.rechargeOff, 'wallet', BUYERS),
  row('click', action.rechargeCap, 'wallet', COMPANY),
  row('click', action.rechargeResume, 'pausedRecharge', COMPANY, ACT),
  row('click', action.rechargeSuggested, 'suggestion', BUYERS_HERE, OFFICE_ACT),
  row('click', action.usageShow, 'nothing', PEOPLE),
  row('click', action.usageRecords, 'usage', READERS_HERE, OF_OFFICE),
  row('click', action.usageSums, 'usageQuery', READERS_HERE, OF_OFFICE),
  row('click', action.usagePeriod, 'recordFilter', READERS_HERE, OF_OFFICE),
  row('click', action.usagePerson, 'usageFilter', READERS_HERE, OF_OFFICE),
  row('click', action.usageKind, 'usageFilter', READERS_HERE, OF_OFFICE),
  row('click', action.usageOffice, 'recordFilter', READERS_HERE, OF_OFFICE),
  row('click', action.usageNewest, 'usage', READERS_HERE, OF_OFFICE),
  row('click', action.usageNewer, 'usage', READERS_HERE, OF_OFFICE),
  row('click', action.usageOlder, 'usage', READERS_HERE, OF_OFFICE),
  row('click', action.surpriseCalls, 'surprise', READERS_HERE, OF_OFFICE),
  row('click', action.surprisePause, 'surprise', BUYERS_HERE, OFFICE_ACT),
  row('click', action.surpriseExpected, 'surprise', BUYERS_HERE, OFFICE_ACT),
  row('click', action.bundleShow, 'nothing', COMPANY),
  row('click', action.bundleBuy, 'nothing', COMPANY),
  row('click', action.bundleChange, 'bundle', COMPANY),
  row('click', action.bundleCancel, 'bundle', COMPANY, ACT),
  row('click', action.bundleKeep, 'endingBundle', COMPANY, ACT),
  row('click', action.bundleResume, 'pausedBundle', COMPANY, ACT),
  row('click', action.invoicesShow, 'nothing', COMPANY),
  row('click', action.invoiceShow, 'invoice', COMPANY),
  row('click', action.invoiceFile, 'invoice', COMPANY, ACT),
  row('click', action.invoicePdf, 'invoice', COMPANY),
  row('click', action.receiptsShow, 'nothing', BUYERS),
  row('click', action.receiptFile, 'receipt', BUYERS_HERE, OF_OFFICE),
  row('click', action.receiptsNewest, 'receiptList', BUYERS),
  row('click', action.receiptsNewer, 'receiptList', BUYERS),
  row('click', action.receiptsOlder, 'receiptList', BUYERS),
  row('click', action.usageExportOpen, 'usageQuery', READERS),
  row('click', action.exportCancel, 'runningExport', READERS, {
    ...ACT,
    own: 'or_company_admin',
    silent: true,
  }),
  row('click', action.requestOpen, 'nothing', PEOPLE),
  row('click', action.requestAdd, 'request', BUYERS_HERE, OF_OFFICE),
  row('click', action.requestDecline, 'request', BUYERS_HERE, OF_OFFICE),
  row('click', action.approvalApprove, 'approval', BUYERS_HERE, { ...OFFICE_ACT, silent: true }),
  row('click', action.approvalDecline, 'approval', BUYERS_HERE, { ...OFFICE_ACT, silent: true }),
  row('click', action.paymentVerify, 'unverified', BUYERS_HERE, { ...OFFICE_ACT, silent: true }),
  row('click', action.whyShow, 'nothing', BUYERS),
  row('click', action.settingsOpen, 'nothing', BUYERS),
  row('click', action.limitsShow, 'nothing', PEOPLE),
  // Who sets none is shown those that there are.
  row('click', action.limitSet, 'nothing', PEOPLE),
  row('click', action.peopleShow, 'nothing', COMPANY),
  row('click', action.auditShow, 'nothing', COMPANY),
  row('click', action.auditNewest, 'audit', COMPANY),
  row('click', action.auditNewer, 'audit', COMPANY),
  row('click', action.auditOlder, 'audit', COMPANY),
  row('click', action.auditEveryone, 'audit', COMPANY),
  row('click', action.auditArea, 'auditFilter', COMPANY),
  row('click', action.auditPeriod, 'auditFilter', COMPANY),
  row('click', action.auditPerson, 'auditFilter', COMPANY),
  row('click', action.auditCsv, 'audit', COMPANY),
  row('click', action.openLink, 'nothing', NOBODY, { silent: true }),
];

const windowClicks: readonly Row[] = [
  row('view', action.purchaseBack, 'review', BUYERS, { ...OWN, window: view.purchaseReview }),
  row('view', action.exportPeriod, 'exportForm', READERS, { ...OWN, window: view.exportForm }),
  row('view', action.purchaseSeveral, 'purchaseForm', BUYERS, { ...OWN, window: view.purchaseForm }),
  row('view', action.purchaseRetry, 'declined', BUYERS, { ...ACT, ...OWN, window: view.purchaseResult }),
  row('view', action.purchaseOtherCard, 'purchaseForm', COMPANY, {
    ...ACT,
    ...OWN,
    repeats: true,
    window: view.purchaseForm,
  }),
  row('view', action.purchaseCardClaim, 'addedCard', COMPANY, {
    ...ACT,
    ...OWN,
    window: view.purchaseResult,
  }),
  row('view', action.purchaseCardDisown, 'addedCard', COMPANY, {
    ...ACT,
    ...OWN,
    window: view.purchaseResult,
  }),
  row('view', action.purchaseCardCheck, 'checkedCard', COMPANY, { ...OWN, window: view.purchaseResult }),
  row('view', action.rechargeScope, 'wallet', BUYERS_HERE, { ...OF_OFFICE, window: view.rechargeForm }),
  row('view', action.sharingOpen, 'quiet', COMPANY, { window: view.settingsForm }),
  row('view', action.whyPeriod, 'why', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.whyScope, 'whyScope', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.whyDay, 'why', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.whyBack, 'why', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.whyNewest, 'why', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.whyOlder, 'why', BUYERS_HERE, { ...OF_OFFICE, window: view.why }),
  row('view', action.schedulesOpen, 'nothing', READERS, { window: view.exportForm }),
  row('view', action.scheduleAdd, 'nothing', READERS, { window: view.exportSchedules }),
  row('view', action.scheduleEnd, 'schedule', READERS, {
    ...ACT,
    own: 'or_company_admin',
    window: view.exportSchedules,
  }),
  row('view', action.quietOpen, 'nothing', COMPANY, { window: view.settingsForm }),
  row('view', action.limitsOpen, 'nothing', PEOPLE, { window: view.settingsForm }),
  row('view', action.limitsPrevious, 'nothing', PEOPLE, { window: view.limits }),
  row('view', action.limitsNext, 'nothing', PEOPLE, { window: view.limits }),
  row('view', action.limitsAdd, 'nothing', BUYERS, { window: view.limits }),
  row('view', action.limitsChange, 'limit', BUYERS_HERE, { ...OF_OFFICE, window: view.limits }),
  row('view', action.limitsRemove, 'limit', BUYERS_HERE, { ...OF_OFFICE, window: view.limitForm }),
  row('view', action.peopleOpen, 'nothing', COMPANY, { window: view.settingsForm }),
  row('view', action.peoplePrevious, 'nothing', COMPANY, { window: view.people }),
  row('view', action.peopleNext, 'nothing', COMPANY, { window: view.people }),
  row('view', action.peopleGrant, 'nothing', COMPANY, { window: view.people }),
  row('view', action.peopleRevoke, 'person', COMPANY, { window: view.people }),
];

const forms: readonly Row[] = [
  row('submit', view.purchaseForm, 'purchaseForm', BUYERS_HERE, { ...OF_OFFICE, ...OWN, fieldsName: true }),
  row('submit', view.purchaseLines, 'purchaseLines', BUYERS_HERE, { ...OF_OFFICE, ...OWN, fieldsName: true }),
  row('submit', view.purchaseReview, 'review', BUYERS_HERE, { ...OFFICE_ACT, ...OWN }),
  row('submit', view.moveForm, 'moveForm', COMPANY, { fieldsName: true }),
  row('submit', view.moveReview, 'moveReview', COMPANY, ACT),
  row('submit', view.exportForm, 'exportForm', READERS_HERE, { ...OFFICE_ACT, ...OWN, fieldsName: true }),
  row('submit', view.cardAmount, 'check', COMPANY, ACT),
  row('submit', view.bundleForm, 'bundleForm', COMPANY, { fieldsName: true }),
  row('submit', view.bundleReview, 'bundleReview', COMPANY, ACT),
  row('submit', view.rechargeForm, 'rechargeForm', BUYERS_HERE, { ...OFFICE_ACT, ...OWN }),
  row('submit', view.rechargeReview, 'rechargeReview', BUYERS_HERE, { ...OFFICE_ACT, ...OWN }),
  row('submit', view.rechargeCap, 'capForm', COMPANY, { ...ACT, ...OWN }),
  row('submit', view.requestForm, 'requestForm', ASKERS, ACT),
  row('submit', view.requestDecline, 'request', BUYERS_HERE, OFFICE_ACT),
  row('submit', view.settingsForm, 'settingsForm', BUYERS_HERE, { ...OFFICE_ACT, ...OWN, fieldsName: true }),
  row('submit', view.scheduleForm, 'scheduleForm', READERS, { ...ACT, repeats: true, fieldsName: true }),
  row('submit', view.quietForm, 'quietForm', COMPANY, { ...ACT, repeats: true }),
  row('submit', view.sharingForm, 'sharingForm', COMPANY, OWN),
  row('submit', view.sharingReview, 'sharingReview', COMPANY, { ...ACT, ...OWN, last: true }),
  row('submit', view.limitForm, 'limitForm', BUYERS_HERE, { ...OF_OFFICE, fieldsName: true }),
  row('submit', view.limitReview, 'limitReview', BUYERS_HERE, OFFICE_ACT),
  row('submit', view.limitEnd, 'limit', BUYERS_HERE, OFFICE_ACT),
  row('submit', view.peopleGrantForm, 'grantForm', COMPANY, { ...ACT, fieldsName: true }),
  row('submit', view.peopleRevokeForm, 'revokeForm', COMPANY, { ...ACT, fieldsName: true }),
];

const list = (window: string, id: string, who: readonly Sender[], names: ThingName = 'nothing'): Row =>
  row('list', id, names, who, { window });

const lists: readonly Row[] = [
  list(MESSAGE_LIST_KEY, action.usagePerson, READERS),
  list(MESSAGE_LIST_KEY, action.usageOffice, READERS),
  list(view.purchaseForm, field.scope, BUYERS),
  list(view.moveForm, field.moveFrom, COMPANY),
  list(view.moveForm, field.moveTo, COMPANY),
  list(view.bundleForm, field.scope, COMPANY),
  list(view.bundleForm, field.bundle, COMPANY, 'bundleForm'),
  list(view.rechargeForm, action.rechargeScope, BUYERS),
  list(view.why, action.whyScope, BUYERS),
  list(view.settingsForm, field.alertOf, BUYERS),
  list(view.exportForm, field.exportPeople, READERS),
  list(view.exportForm, field.exportOffices, READERS),
  list(view.limitForm, field.limitOf, BUYERS),
  list(view.scheduleForm, field.scheduleOffices, READERS),
  list(view.peopleGrantForm, field.roleOffices, COMPANY),
  list(view.peopleGrantForm, field.roleDepartments, COMPANY),
  list(view.peopleRevokeForm, field.rolesToRemove, COMPANY, 'revokeForm'),
];

const command = (id: string, who: readonly Sender[], names: ThingName = 'nothing', marks: Marks = {}): Row =>
  row('command', id, names, who, marks);

const commands: readonly Row[] = [
  command('balance', BUYERS),
  command('add', BUYERS, 'amount'),
  command('card', COMPANY),
  command('bundles', COMPANY),
  command('invoices', COMPANY),
  command('receipts', BUYERS),
  command('move', COMPANY),
  command('auto-recharge', BUYERS),
  command('request', ASKERS, 'wish', ACT),
  command('usage', PEOPLE),
  command('why', BUYERS),
  command('export', READERS),
  command('limits', PEOPLE),
  command('people', COMPANY),
  command('settings', BUYERS),
  command('audit', COMPANY),
  /** A company that is linked is linked by nobody. */
  command('link', NOBODY, 'linkCode'),
  command('help', EVERYBODY),
];

/** Slack itself says these; what they are about is the workspace that they come from. */
const events: readonly Row[] = [
  row('event', 'app_home_opened', 'nothing', PEOPLE),
  row('event', 'app_uninstalled', 'nothing', NOBODY, { silent: true }),
  row('event', 'tokens_revoked', 'nothing', NOBODY, { silent: true }),
];

export const matrix: readonly Row[] = [
  ...clicks,
  ...windowClicks,
  ...forms,
  ...lists,
  ...commands,
  ...events,
];

/** The row's name: how it is asked, and its id. */
export function nameOf({ way, id, window }: Row): string {
  return way === 'list' ? `list ${window}/${id}` : `${way} ${id}`;
}

/** Whether this sender may, with what belongs to the first office (`here`) or to the other one. */
export function mayDo({ who, ofOffice }: Row, sender: Sender, office: 'here' | 'elsewhere'): boolean {
  if (office === 'here' || !ofOffice) return who.includes(sender);
  return sender === 'company_admin' || sender === 'office_admin_elsewhere';
}
