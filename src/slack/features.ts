import type { SingleNotice } from '../notices/index.ts';
import { approvals } from './features/approvals/feature.ts';
import { audit } from './features/audit/feature.ts';
import { balance } from './features/balance/feature.ts';
import { bundles } from './features/bundles/feature.ts';
import { cards } from './features/cards/feature.ts';
import { usageExport } from './features/export/feature.ts';
import { invoices } from './features/invoices/feature.ts';
import { limits } from './features/limits/feature.ts';
import { link } from './features/link/feature.ts';
import { move } from './features/move/feature.ts';
import { people } from './features/people/feature.ts';
import { purchase } from './features/purchase/feature.ts';
import { quietHours } from './features/quiet-hours/feature.ts';
import { receipts } from './features/receipts/feature.ts';
import { recharge } from './features/recharge/feature.ts';
import { refunds } from './features/refunds/feature.ts';
import { requests } from './features/requests/feature.ts';
import { settings } from './features/settings/feature.ts';
import { sharing } from './features/sharing/feature.ts';
import { usage } from './features/usage/feature.ts';
import { verification } from './features/verification/feature.ts';
import { why } from './features/why/feature.ts';
import type { Feature } from './kit/feature.ts';
import type { NoticeRenderers } from './kit/notice-message.ts';

const all = [
  balance,
  purchase,
  receipts,
  bundles,
  invoices,
  recharge,
  move,
  cards,
  requests,
  usage,
  why,
  usageExport,
  limits,
  people,
  settings,
  audit,
  quietHours,
  link,
  sharing,
  approvals,
  verification,
  refunds,
] as const;

/** Everything that Refill does in Slack, in the order of `/credits help`. */
export const features: readonly Feature[] = all;

type Rendered<F> = F extends { readonly notices: infer N } ? keyof N : never;
type Unrendered = Exclude<SingleNotice['kind'], Rendered<(typeof all)[number]>>;

/** How each kind of notice becomes a message; a kind that no feature renders does not compile. */
export const noticeRenderers: [Unrendered] extends [never] ? NoticeRenderers : never = Object.assign(
  {},
  ...features.map(({ notices }) => notices ?? {}),
);
