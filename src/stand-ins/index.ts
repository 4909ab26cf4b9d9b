/** The stand-ins for what is outside Refill: Slack, the card processor, the phone system. Imported by entry points and tests. */
export type { DirectoryLists, Listed } from './local-phone-system/directory-api.ts';
export type { UsageAct, UsageRecord } from './local-phone-system/send-usage.ts';
export type { Seed } from './local-workspace/options.ts';
export type { AppManifest } from './read-manifest.ts';
export { type PlayedCompany, type StandIns, startStandIns } from './start-stand-ins.ts';
