import { listeners } from '../../../src/slack/listeners.ts';
import { IDS } from '../../support/slack-ids.ts';
import { ACME } from './people.ts';

/** A handler that asks the guard about a company admin, whoever sent the request. */
const ADMIN = { teamId: ACME, userId: 'UANA' };

type Handler = (...args: never[]) => unknown;
type Table = Record<string, Handler>;

/** Replaces a handler of the table; returns how to put it back. */
function replace(table: Table, id: string, wrap: (handler: Handler) => Handler): () => void {
  const handler = table[id];
  if (handler === undefined) throw new Error(`${id} has no handler`);
  table[id] = wrap(handler);
  return () => {
    table[id] = handler;
  };
}

/** What is broken, by the row of the matrix that says what is right; `make` breaks it and returns how to repair it. */
export interface Sabotage {
  row: string;
  make(): () => void;
}

/** Of a button in a message. */
const unasked = (id: string): Sabotage => ({
  row: `click ${id}`,
  make: () =>
    replace(
      listeners.messageActions as unknown as Table,
      id,
      (handler) => (ctx: never, client: never, _: never, body: never) =>
        handler(ctx, client, ADMIN as never, body),
    ),
});

/** Of a form. */
const unaskedForm = (id: string): Sabotage => ({
  row: `submit ${id}`,
  make: () =>
    replace(
      listeners.submissions as unknown as Table,
      id,
      (handler) => (ctx: never, form: never) => handler(ctx, { ...(form as object), who: ADMIN } as never),
    ),
});

/** Each lets anybody do one thing that is not theirs to do. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'remove-card': unasked(IDS.action.cardRemove),
  'see-records': unasked(IDS.action.usageRecords),
  approve: unasked(IDS.action.approvalApprove),
  'see-invoice': unasked(IDS.action.invoiceShow),
  'confirm-purchase': unaskedForm(IDS.view.purchaseReview),
  'grant-role': unaskedForm(IDS.view.peopleGrantForm),
};
