/** Refill in Slack: every command, button, window and sentence. The module's public API. */
export { createSlackApp } from './app.ts';
export { type AccountFinder, createAccountFinder } from './people/find-account.ts';
export { planMove } from './people/plan-move.ts';
export { sweepPeople } from './people/sweep-people.ts';
export { probeSlack, readManifestScopes } from './probe-slack.ts';
export { registerWorkspace } from './register-workspace.ts';
