import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type {
  SharingChoice,
  SharingDraft,
  SharingReview,
  SharingState,
  WalletChoice,
} from '../../../billing/index.ts';
import type { Money } from '../../../money.ts';
import { sharingCopy as copy } from '../../copy/index.ts';
import { shorten } from '../../copy/mrkdwn.ts';
import { lines, quiet, section } from '../../kit/blocks.ts';
import { many, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { IDS } from './ids.ts';

const { field } = IDS;
/** With more offices than these, shares follow their use and are only shown. */
const MAX_SHARES = 20;
/** With more offices than these, one threshold, amount, limit and level is asked for all of them. */
const MAX_APART = 6;

/** With more offices than these, auto-recharge is on for all of them or for none. */
const MAX_CHOSEN = 100;

/** Marks the form's fields by whose figures they hold: the shared pool's, or all offices' at once; else an office's id. */
export const POOL_FIELDS = 'pool';
export const ALL_OFFICES_FIELDS = 'all';
export const fieldOf = (name: string, of: string): string => `${name}:${of}`;

/** Whether each office's share is asked for. */
export function areSharesAsked({ offices }: SharingState): boolean {
  return offices.length <= MAX_SHARES;
}

/** The offices whose figures are asked for one by one, or `all` together. */
export function askedFor({ offices }: SharingState): string[] {
  return offices.length <= MAX_APART
    ? offices.map(({ office }) => office.id.toString())
    : [ALL_OFFICES_FIELDS];
}

/** Where a change of credit sharing is chosen: filled in with what keeps auto-recharge and alerts as they are. */
export function sharingForm({ token, state, choice }: SharingDraft): ModalView {
  const isPooling = choice.to === 'company';
  return modal(IDS.view.sharingForm, token, {
    title: copy.title,
    blocks: isPooling ? poolBlocks(state, choice) : officeBlocks(state, choice),
    submit: copy.review,
    close: copy.cancel,
  });
}

/** What the change comes to, before it is made. `notice`: why it is reviewed again. */
export function sharingReview(review: SharingReview, notice: string | null = null): ModalView {
  return modal(IDS.view.sharingReview, review.token, {
    title: copy.reviewTitle,
    blocks: [...(notice === null ? [] : [section(notice)]), ...lines(copy.reviewLines(review))],
    submit: review.to === 'company' ? copy.share : copy.end,
    close: copy.cancel,
  });
}

/** The modal with a text only. */
export function sharingText(text: string): ModalView {
  return modal(IDS.view.sharingResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: copy.close,
  });
}

function poolBlocks(state: SharingState, { wallets }: SharingChoice): KnownBlock[] {
  const [wallet] = wallets;
  if (wallet === undefined) return [];
  return [
    section(copy.introPool(state)),
    section(copy.rechargeHead),
    onOrOff(copy.turnedOn, POOL_FIELDS, wallet.isOn),
    ...walletInputs(POOL_FIELDS, wallet, ''),
    quiet(copy.approvalHint(state)),
  ];
}

function officeBlocks(state: SharingState, { shares, wallets }: SharingChoice): KnownBlock[] {
  const options = state.offices.map(({ office }) => option(shorten(office.name, 75), office.id.toString()));
  const on = wallets.filter(({ isOn }) => isOn).map(({ officeId }) => `${officeId ?? ''}`);
  return [
    section(copy.introOffices(state)),
    ...shareBlocks(state, shares),
    section(copy.rechargeHead),
    options.length > MAX_CHOSEN
      ? onOrOff(copy.turnedOnEverywhere, ALL_OFFICES_FIELDS, on.length > 0)
      : {
          type: 'input',
          block_id: field.isOn,
          optional: true,
          label: plain(copy.rechargeOfLabel),
          element: many(field.isOn, options, on, copy.chooseOffices),
        },
    ...askedFor(state).flatMap((of) => {
      const wallet = wallets.find(({ officeId }) => of === ALL_OFFICES_FIELDS || officeId?.toString() === of);
      const name = state.offices.find(({ office }) => office.id.toString() === of)?.office.name;
      return wallet === undefined ? [] : walletInputs(of, wallet, name ?? '');
    }),
    quiet(copy.approvalHint(state)),
  ];
}

/** One box for credits that are set together. */
function onOrOff(label: string, value: string, isOn: boolean): InputBlock {
  const box = option(label, value);
  return {
    type: 'input',
    block_id: field.isOn,
    optional: true,
    label: plain(copy.rechargeLabel),
    element: {
      type: 'checkboxes',
      action_id: field.isOn,
      options: [box],
      ...(isOn ? { initial_options: [box] } : {}),
    },
  };
}

function shareBlocks(state: SharingState, shares: SharingChoice['shares']): KnownBlock[] {
  const named = state.offices.slice(1).map((of) => ({
    ...of,
    amount: shares.find(({ officeId }) => officeId === of.office.id)?.amount,
  }));
  if (!areSharesAsked(state))
    return lines(named.map(({ office, amount, used }) => copy.shareLine(office.name, amount, used))).slice(
      0,
      20,
    );
  return named.map(({ office, amount, used }) =>
    input(fieldOf(field.share, office.id.toString()), copy.shareLabel(office.name), amount ?? null, {
      hint: copy.shareHint(used),
      isOptional: true,
    }),
  );
}

function walletInputs(of: string, wallet: WalletChoice, name: string): KnownBlock[] {
  return [
    input(fieldOf(field.threshold, of), copy.thresholdLabel(name), wallet.threshold),
    input(fieldOf(field.amount, of), copy.amountLabel(name), wallet.amount),
    input(fieldOf(field.cap, of), copy.capLabel(name), wallet.cap),
    input(fieldOf(field.alertLevel, of), copy.alertLabel(name), wallet.lowBelow, {
      hint: copy.alertHint,
      isOptional: true,
    }),
  ];
}

function input(
  id: string,
  label: string,
  value: Money | null,
  { hint, isOptional = false }: { hint?: string; isOptional?: boolean } = {},
): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(shorten(label, 150)),
    element: {
      type: 'plain_text_input',
      action_id: id,
      max_length: 40,
      ...(value === null ? {} : { initial_value: value.toFixed(2) }),
    },
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    ...(isOptional ? { optional: true } : {}),
  };
}
