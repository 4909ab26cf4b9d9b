import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { decodeScope } from '../org/index.ts';
import { approve, decline } from './features/approvals/answer-approval.ts';
import {
  cancelBundle,
  keepBundle,
  openBundleForm,
  openChangeForm,
  resumeBundle,
  showBundles,
  suggestBundleScopes,
  suggestBundles,
} from './features/bundles/manage-bundles.ts';
import { submitBundleForm, submitBundleReview } from './features/bundles/buy-bundle.ts';
import {
  addCard,
  claim,
  disown,
  enterAmount,
  makeDefault,
  makeFallback,
  remove,
  showCards,
} from './features/cards/manage-cards.ts';
import { submitAmount } from './features/cards/answer-check.ts';
import type { SlackContext, Who } from './kit/context.ts';
import { onCredits } from './commands/credits-command.ts';
import { cancelExportClick } from './features/export/cancel-export.ts';
import { openExportClick, suggestExportOffices, suggestExportPeople } from './features/export/open-export.ts';
import { submitExport } from './features/export/request-export.ts';
import { IDS } from './ids.ts';
import { sendFile } from './features/invoices/list-invoices.ts';
import { showInvoice } from './features/invoices/show-invoice.ts';
import {
  openGrantForm,
  openRevokeForm,
  redrawList,
  showPeople,
  stackPeople,
  suggestRoleDepartments,
  suggestRoleOffices,
  suggestRoles,
  turnPeople,
} from './features/people/open-people.ts';
import { submitGrant } from './features/people/grant-role.ts';
import { submitRevoke } from './features/people/revoke-role.ts';
import { claimHere, disownHere, goBack, openCheckHere, tryAgain, useOtherCard } from './features/purchase/purchase-clicks.ts';
import { openPurchase, suggestOffices } from './features/purchase/open-purchase.ts';
import { redrawLater } from './features/purchase/update-later.ts';
import { type Submission, submitForm, submitReview } from './features/purchase/review-and-confirm.ts';
import { readActionValue } from './kit/click.ts';
import {
  acceptSuggestion,
  askForCap,
  chooseRechargeScope,
  resumeRecharging,
  showRecharge,
  suggestWallets,
} from './features/recharge/open-recharge.ts';
import { confirmRecharge, submitCap, submitRecharge } from './features/recharge/save-recharge.ts';
import { addForRequest, openDecline, openRequest, submitDecline, submitRequest } from './features/requests/request-credits.ts';
import { showSettings, suggestAlerts } from './features/settings/open-settings.ts';
import { submitSettings } from './features/settings/save-settings.ts';
import { startSharing, submitSharing, submitSharingReview } from './features/sharing/change-sharing.ts';
import { showRecords, turnRecords } from './features/usage/show-records.ts';
import { verifyClick } from './features/verification/verify-payment.ts';
import { chooseWhyPeriod, chooseWhyScope, showWhy, suggestWhyScopes, turnWhy } from './features/why/open-why.ts';

/** Every id that Slack may send, and what answers it. Nothing is registered anywhere else. */
export const listeners = {
  commands: { [IDS.command]: onCredits },
  /** Buttons in messages and on the Home tab. */
  messageActions: {
    [IDS.action.addCredits]: (
      ctx: SlackContext,
      client: WebClient,
      who: Who,
      body: BlockAction,
    ): Promise<void> =>
      openPurchase(ctx, client, who, {
        triggerId: body.trigger_id,
        amount: null,
        scope: decodeScope(readActionValue(body)),
        replyUrl: body.container.is_ephemeral === true ? (body.response_url ?? null) : null,
      }),
    [IDS.action.cardShow]: showCards,
    [IDS.action.cardAdd]: addCard,
    [IDS.action.cardClaim]: claim,
    [IDS.action.cardDisown]: disown,
    [IDS.action.cardAmount]: enterAmount,
    [IDS.action.cardDefault]: makeDefault,
    [IDS.action.cardFallback]: makeFallback,
    [IDS.action.cardRemove]: remove,
    [IDS.action.rechargeShow]: showRecharge,
    [IDS.action.rechargeCap]: askForCap,
    [IDS.action.rechargeSuggested]: acceptSuggestion,
    [IDS.action.rechargeResume]: resumeRecharging,
    [IDS.action.usageRecords]: showRecords,
    [IDS.action.usageNewest]: turnRecords,
    [IDS.action.usageNewer]: turnRecords,
    [IDS.action.usageOlder]: turnRecords,
    [IDS.action.bundleShow]: showBundles,
    [IDS.action.bundleBuy]: openBundleForm,
    [IDS.action.bundleChange]: openChangeForm,
    [IDS.action.bundleCancel]: cancelBundle,
    [IDS.action.bundleKeep]: keepBundle,
    [IDS.action.bundleResume]: resumeBundle,
    [IDS.action.invoiceShow]: showInvoice,
    [IDS.action.invoiceFile]: sendFile,
    [IDS.action.usageExportOpen]: openExportClick,
    [IDS.action.exportCancel]: cancelExportClick,
    [IDS.action.requestOpen]: openRequest,
    [IDS.action.requestAdd]: addForRequest,
    [IDS.action.requestDecline]: openDecline,
    [IDS.action.approvalApprove]: approve,
    [IDS.action.approvalDecline]: decline,
    [IDS.action.whyShow]: showWhy,
    [IDS.action.settingsOpen]: showSettings,
    [IDS.action.peopleShow]: showPeople,
  },
  /** Buttons whose click is claimed before Slack gets its answer: they move money, and nothing may lose them. */
  claimActions: { [IDS.action.paymentVerify]: verifyClick },
  /** Buttons in a window; their answer is drawn in it. */
  viewActions: {
    [IDS.action.purchaseBack]: goBack,
    [IDS.action.purchaseRetry]: tryAgain,
    [IDS.action.purchaseOtherCard]: useOtherCard,
    [IDS.action.purchaseCardClaim]: claimHere,
    [IDS.action.purchaseCardDisown]: disownHere,
    [IDS.action.purchaseCardCheck]: openCheckHere,
    [IDS.action.rechargeScope]: chooseRechargeScope,
    [IDS.action.sharingOpen]: startSharing,
    [IDS.action.whyPeriod]: chooseWhyPeriod,
    [IDS.action.whyScope]: chooseWhyScope,
    [IDS.action.whyDay]: turnWhy,
    [IDS.action.whyBack]: turnWhy,
    [IDS.action.whyNewest]: turnWhy,
    [IDS.action.whyOlder]: turnWhy,
    [IDS.action.peopleOpen]: stackPeople,
    [IDS.action.peoplePrevious]: turnPeople,
    [IDS.action.peopleNext]: turnPeople,
    [IDS.action.peopleGrant]: openGrantForm,
    [IDS.action.peopleRevoke]: openRevokeForm,
  },
  /** Clicks that need no answer. */
  ignoredActions: [IDS.action.openLink],
  submissions: {
    [IDS.view.purchaseForm]: submitForm,
    [IDS.view.purchaseReview]: submitReview,
    [IDS.view.exportForm]: submitExport,
    [IDS.view.cardAmount]: submitAmount,
    [IDS.view.bundleForm]: submitBundleForm,
    [IDS.view.bundleReview]: submitBundleReview,
    [IDS.view.rechargeForm]: submitRecharge,
    [IDS.view.rechargeReview]: confirmRecharge,
    [IDS.view.rechargeCap]: submitCap,
    [IDS.view.requestForm]: submitRequest,
    [IDS.view.requestDecline]: submitDecline,
    [IDS.view.settingsForm]: submitSettings,
    [IDS.view.sharingForm]: submitSharing,
    [IDS.view.sharingReview]: submitSharingReview,
    [IDS.view.peopleGrantForm]: submitGrant,
    [IDS.view.peopleRevokeForm]: submitRevoke,
  },
  /** Lists too long to be sent with their modal, by the modal and by the list. */
  suggestions: {
    [IDS.view.purchaseForm]: { [IDS.field.scope]: suggestOffices },
    [IDS.view.bundleForm]: { [IDS.field.scope]: suggestBundleScopes, [IDS.field.bundle]: suggestBundles },
    [IDS.view.rechargeForm]: { [IDS.action.rechargeScope]: suggestWallets },
    [IDS.view.why]: { [IDS.action.whyScope]: suggestWhyScopes },
    [IDS.view.settingsForm]: { [IDS.field.alertOf]: suggestAlerts },
    [IDS.view.exportForm]: {
      [IDS.field.exportPeople]: suggestExportPeople,
      [IDS.field.exportOffices]: suggestExportOffices,
    },
    [IDS.view.peopleGrantForm]: {
      [IDS.field.roleOffices]: suggestRoleOffices,
      [IDS.field.roleDepartments]: suggestRoleDepartments,
    },
    [IDS.view.peopleRevokeForm]: { [IDS.field.rolesToRemove]: suggestRoles },
  },
  /** What is drawn once a submission was answered. */
  afterSubmissions: new Map<string, (ctx: SlackContext, client: WebClient, of: Submission) => Promise<void>>([
    [IDS.view.purchaseReview, redrawLater],
    [IDS.view.peopleGrantForm, redrawList],
    [IDS.view.peopleRevokeForm, redrawList],
  ]),
  events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked'],
} as const;

/**
 * What only shows something, or opens a form. Everything else moves money, cards, roles or settings, or asks for
 * others' data, so that Slack is asked about the person first (R30); what is new counts as that until it stands here.
 */
export const READ_ONLY: ReadonlySet<string> = new Set([
  IDS.action.addCredits,
  IDS.action.purchaseBack,
  IDS.action.purchaseCardCheck,
  IDS.action.cardShow,
  IDS.action.cardAmount,
  IDS.action.rechargeShow,
  IDS.action.rechargeCap,
  IDS.action.rechargeScope,
  IDS.action.usageRecords,
  IDS.action.usageNewest,
  IDS.action.usageNewer,
  IDS.action.usageOlder,
  IDS.action.bundleShow,
  IDS.action.bundleBuy,
  IDS.action.bundleChange,
  IDS.action.invoiceShow,
  IDS.action.usageExportOpen,
  IDS.action.requestOpen,
  IDS.action.requestAdd,
  IDS.action.requestDecline,
  IDS.action.whyShow,
  IDS.action.whyPeriod,
  IDS.action.whyScope,
  IDS.action.whyDay,
  IDS.action.whyBack,
  IDS.action.whyNewest,
  IDS.action.whyOlder,
  IDS.action.settingsOpen,
  IDS.action.sharingOpen,
  IDS.action.peopleShow,
  IDS.action.peopleOpen,
  IDS.action.peoplePrevious,
  IDS.action.peopleNext,
  IDS.action.peopleGrant,
  IDS.action.peopleRevoke,
  IDS.view.purchaseForm,
  IDS.view.bundleForm,
  IDS.view.requestForm,
  IDS.view.sharingForm,
]);
