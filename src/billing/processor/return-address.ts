import type { BillingDeps } from '../deps.ts';

/** Slack tells the outcome, so that is where people go on from the processor's page or their bank's. */
const SLACK = 'https://slack.com/';

/** Where the processor's pages send people back to: a page of ours, or Slack where nobody reaches this app. */
export function returnAddress({ publicUrl }: Pick<BillingDeps, 'publicUrl'>, path: string): string {
  return publicUrl === null ? SLACK : `${publicUrl}${path}`;
}
