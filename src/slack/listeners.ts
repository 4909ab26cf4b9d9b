import type { App, BlockAction, RespondFn, SlackViewAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { decodeScope, forgetWorkspaceToken } from '../org/index.ts';
import { requireActive } from './access/require-person.ts';
import { approve, decline } from './approval/actions.ts';
import {
  cancelBundle,
  keepBundle,
  openBundleForm,
  openChangeForm,
  resumeBundle,
  showBundles,
  suggestBundleScopes,
  suggestBundles,
} from './bundles/actions.ts';
import { submitBundleForm, submitBundleReview } from './bundles/submit.ts';
import {
  addCard,
  claim,
  disown,
  enterAmount,
  makeDefault,
  makeFallback,
  remove,
  showCards,
} from './card/actions.ts';
import { submitAmount } from './card/submit-amount.ts';
import type { SlackContext, Who } from './context.ts';
import { onCredits } from './credits-command.ts';
import { cancelExportClick } from './export/cancel.ts';
import { exportWordsView } from './export/form-view.ts';
import { openExportClick, suggestExportOffices, suggestExportPeople } from './export/open-export.ts';
import { submitExport } from './export/submit.ts';
import { guard } from './guard.ts';
import { publishHome } from './home/open.ts';
import { IDS } from './ids.ts';
import { sendFile } from './invoices/list-invoices.ts';
import { showInvoice } from './invoices/show-invoice.ts';
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
} from './people/actions.ts';
import { submitGrant } from './people/submit-grant.ts';
import { submitRevoke } from './people/submit-revoke.ts';
import { goBack, tryAgain, useOtherCard, type ViewClick } from './purchase/actions.ts';
import { wordsView } from './purchase/modal.ts';
import { openPurchase, suggestOffices } from './purchase/open-purchase.ts';
import { redrawLater } from './purchase/redraw-later.ts';
import { type Submission, type SubmitAnswer, submitForm, submitReview } from './purchase/submit.ts';
import { readActionValue, readSelected } from './read-action-value.ts';
import {
  acceptSuggestion,
  askForCap,
  chooseRechargeScope,
  showRecharge,
  suggestWallets,
} from './recharge/actions.ts';
import { confirmRecharge, submitCap, submitRecharge } from './recharge/submit.ts';
import { addForRequest, openDecline, openRequest, submitDecline, submitRequest } from './request/actions.ts';
import { showSettings, suggestAlerts } from './settings/open-settings.ts';
import { submitSettings } from './settings/submit.ts';
import { startSharing, submitSharing, submitSharingReview } from './sharing/actions.ts';
import { registerSuggestions } from './suggestion.ts';
import { showRecords, turnRecords } from './usage/show-records.ts';
import { verifyClick } from './verification/verify-click.ts';
import { chooseWhyPeriod, chooseWhyScope, showWhy, suggestWhyScopes, turnWhy } from './why/actions.ts';
import { whyWordsView } from './why/blocks.ts';

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

/** Hangs the table into the app; decides nothing. */
export function registerListeners(app: App, ctx: SlackContext): void {
  for (const [name, handler] of Object.entries(listeners.commands))
    app.command(name, (args) => handler(ctx, args));
  for (const [id, handler] of Object.entries(listeners.messageActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client, respond }) => {
      await ack();
      const who = whoOf(body);
      const work = async (): Promise<void> => {
        if (!READ_ONLY.has(id)) await requireActive(ctx, who);
        await handler(ctx, client, who, body);
      };
      await guard(ctx, { id, who }, work, sayToClicker(client, body, respond));
    });
  }
  for (const [id, handler] of Object.entries(listeners.claimActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client, respond }) => {
      const who = whoOf(body);
      let isAcked = false;
      const ackOnce = async (): Promise<void> => {
        if (isAcked) return;
        isAcked = true;
        await ack();
      };
      const work = async (): Promise<void> => {
        if (!READ_ONLY.has(id)) await requireActive(ctx, who);
        await handler(ctx, client, who, body, ackOnce);
      };
      await guard(ctx, { id, who }, work, async (text, blocks) => {
        await ackOnce();
        return await sayToClicker(client, body, respond)(text, blocks);
      });
    });
  }
  for (const [id, handler] of Object.entries(listeners.viewActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client }) => {
      await ack();
      const click: ViewClick = {
        who: whoOf(body),
        viewId: body.view?.id ?? '',
        triggerId: body.trigger_id,
        token: body.view?.private_metadata ?? '',
        selected: readSelected(body),
        value: readActionValue(body),
      };
      const inWindow = body.view?.callback_id === IDS.view.why ? whyWordsView : wordsView;
      const say = (text: string): Promise<unknown> =>
        client.views.update({ view_id: click.viewId, view: inWindow(text) });
      const act = async (): Promise<void> => {
        if (!READ_ONLY.has(id)) await requireActive(ctx, click.who);
        await handler(ctx, client, click);
      };
      await guard(ctx, { id, who: click.who }, act, say);
    });
  }
  for (const id of listeners.ignoredActions) app.action(id, ({ ack }) => ack());
  for (const [id, handler] of Object.entries(listeners.submissions))
    registerSubmission(app, ctx, id, handler);
  registerSuggestions(app, ctx, listeners.suggestions);
  registerEvents(app, ctx);
}

/** Says something to who clicked: below the message, or in a direct message from the Home tab. */
function sayToClicker(client: WebClient, body: BlockAction, respond: RespondFn) {
  return (text: string, blocks?: KnownBlock[]): Promise<unknown> => {
    const message = { text, ...(blocks === undefined ? {} : { blocks }) };
    return body.response_url === undefined
      ? client.chat.postMessage({ channel: body.user.id, ...message })
      : respond({ response_type: 'ephemeral', replace_original: false, ...message });
  };
}

function registerSubmission(
  app: App,
  ctx: SlackContext,
  id: string,
  handler: (ctx: SlackContext, submission: Submission) => Promise<SubmitAnswer>,
): void {
  app.view<SlackViewAction>(id, async ({ ack, body, view, client }) => {
    const who = whoOf(body);
    const say = id === IDS.view.exportForm ? exportWordsView : wordsView;
    const submission: Submission = {
      who,
      viewId: view.id,
      parentId: view.previous_view_id,
      token: view.private_metadata,
      values: view.state.values,
    };
    await guard(
      ctx,
      { id, who },
      async () => {
        if (!READ_ONLY.has(id)) await requireActive(ctx, who);
        await ack(await handler(ctx, submission));
      },
      (text) => ack({ response_action: 'update', view: say(text) }),
    );
    const redraw = listeners.afterSubmissions.get(id);
    if (redraw !== undefined)
      await guard(
        ctx,
        { id, who },
        () => redraw(ctx, client, submission),
        async () => undefined,
      );
  });
}

function registerEvents(app: App, ctx: SlackContext): void {
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home') return;
    const who = { teamId: body.team_id, userId: event.user };
    const failed = async (text: string): Promise<unknown> =>
      client.views.publish({ user_id: who.userId, view: { type: 'home', blocks: wordsView(text).blocks } });
    await guard(ctx, { id: 'app_home_opened', who }, () => publishHome(ctx, client, who), failed);
  });
  app.event('app_uninstalled', async ({ body }) => {
    await forgetWorkspaceToken(ctx, body.team_id);
    ctx.log.warn({ team: body.team_id }, 'the app was uninstalled; its token is forgotten');
  });
  app.event('tokens_revoked', async ({ event, body }) => {
    if ((event.tokens.bot ?? []).length === 0) return;
    await forgetWorkspaceToken(ctx, body.team_id);
    ctx.log.warn({ team: body.team_id }, 'the app’s token was revoked; it is forgotten');
  });
}

function whoOf(body: { team: { id: string } | null; user: { id: string; team_id?: string } }): Who {
  return { teamId: body.team?.id ?? body.user.team_id ?? '', userId: body.user.id };
}
