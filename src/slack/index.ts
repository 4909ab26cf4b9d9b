/** Refill in Slack: every command, button, modal and sentence. The module's public API. */
export { createSlackApp, type SlackDelivery } from './app.ts';
export { probeSlack, readManifestScopes } from './connection/probe-slack.ts';
export { registerWorkspace } from './connection/register-workspace.ts';
export { type AccountFinder, createAccountFinder } from './features/people/find-account.ts';
export { planMove } from './features/people/plan-move.ts';
export { sweepPeople } from './features/people/sweep-people.ts';
export { sweepDigests } from './features/usage/sweep-digests.ts';
