import { z } from 'zod';
import type { SharingChoice, SharingFault, SharingState, WalletChoice } from '../../../billing/index.ts';
import { dollars, type Money, parseDollars } from '../../../money.ts';
import { describeFault } from '../../copy/amounts.ts';
import { sharingCopy as copy } from '../../copy/index.ts';
import { IDS } from './ids.ts';
import { ALL_OFFICES_FIELDS, areSharesAsked, askedFor, fieldOf, POOL_FIELDS } from './sharing-form.ts';

const { field } = IDS;
const element = z.object({
  value: z.string().nullish(),
  selected_options: z.array(z.object({ value: z.string().max(40) })).nullish(),
});
const form = z.record(z.string(), z.record(z.string(), element));
type Form = z.output<typeof form>;
type Errors = Record<string, string>;

/**
 * Reads the modal as Slack sends it, over what it was filled in with: a field that is not there stays as it was, so that
 * only an admin who unticked auto-recharge turns it off. A fault stands on its field.
 */
export function readSharingForm(
  values: unknown,
  state: SharingState,
  shown: SharingChoice,
): { choice: SharingChoice } | { errors: Errors } {
  const held = form.safeParse(values).data ?? {};
  const errors: Errors = {};
  const on = held[field.isOn]?.[field.isOn]?.selected_options?.map(({ value }) => value);
  const wallets = shown.wallets.map((wallet) => readWallet(held, state, wallet, { on, errors }));
  const shares = shown.shares.map((share) => {
    const id = fieldOf(field.share, share.officeId.toString());
    const typed = areSharesAsked(state) ? held[id]?.[id] : undefined;
    return typed === undefined
      ? share
      : {
          ...share,
          amount: readAmount(typed.value ?? '', id, errors, { isZeroKnown: true }) ?? dollars('0'),
        };
  });
  return Object.keys(errors).length > 0 ? { errors } : { choice: { ...shown, shares, wallets } };
}

function readWallet(
  held: Form,
  state: SharingState,
  shown: WalletChoice,
  { on, errors }: { on: readonly string[] | undefined; errors: Errors },
): WalletChoice {
  const own = shown.officeId?.toString() ?? POOL_FIELDS;
  const of = shown.officeId === null || askedFor(state).includes(own) ? own : ALL_OFFICES_FIELDS;
  const isOn = on === undefined ? shown.isOn : on.includes(own) || on.includes(ALL_OFFICES_FIELDS);
  const read = (name: string, before: Money): Money => {
    const id = fieldOf(name, of);
    const typed = held[id]?.[id];
    return typed === undefined ? before : (readAmount(typed.value ?? '', id, errors) ?? before);
  };
  const levelId = fieldOf(field.alertLevel, of);
  const level = held[levelId]?.[levelId];
  return {
    officeId: shown.officeId,
    isOn,
    threshold: read(field.threshold, shown.threshold),
    amount: read(field.amount, shown.amount),
    cap: read(field.cap, shown.cap),
    // Not asked for: it stays as the form was filled in.
    fills: shown.fills,
    lowBelow:
      level === undefined
        ? shown.lowBelow
        : (level.value ?? '').trim() === ''
          ? null
          : readAmount(level.value ?? '', levelId, errors),
  };
}

/** The amount; null where it is none, which stands on its field then. With `isZeroKnown` nothing and 0 are zero. */
function readAmount(text: string, id: string, errors: Errors, { isZeroKnown = false } = {}): Money | null {
  if (isZeroKnown && /^\s*\$?\s*0*(\.0*)?\s*$/.test(text)) return dollars('0');
  const read = parseDollars(text);
  if ('amount' in read) return read.amount;
  errors[id] = describeFault(read.fault);
  return null;
}

/** What the service found wrong, on the field it stands in. */
export function placeFaults(faults: readonly SharingFault[], state: SharingState): Errors {
  const asked = askedFor(state);
  return Object.fromEntries(
    faults.map((fault) => {
      const own = fault.officeId?.toString() ?? POOL_FIELDS;
      const of =
        own === POOL_FIELDS || asked.includes(own) || fault.field === 'share' ? own : ALL_OFFICES_FIELDS;
      const name = { share: field.share, low_below: field.alertLevel }[fault.field as 'share'] ?? fault.field;
      return [fieldOf(name, of), copy.fault(fault)];
    }),
  );
}
