import type { WebClient } from '@slack/web-api';
import type { BillingDeps } from '../../billing/index.ts';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { SecretBox } from '../../org/index.ts';
import type { CompanyFigures } from './company-figures.ts';

/** What every handler works with. */
export interface SlackContext {
  db: Db;
  clock: Clock;
  log: Logger;
  billing: BillingDeps;
  secrets: SecretBox;
  /** A client for a workspace, with its token. Throws RefillError `workspace-unknown`. */
  clientFor(teamId: string): Promise<WebClient>;
  /** What Slack says someone is in the workspace: a full, active member, or why not. */
  membership: Membership;
  /**
   * A company's figures, read after they were asked for; those who ask at the same time share one reading. `askedAt`: by
   * `performance.now()`.
   */
  readFigures(companyId: bigint, askedAt: number): Promise<CompanyFigures>;
}

/** Who did something, as Slack's signature vouches for it. */
export interface Who {
  teamId: string;
  userId: string;
}

/** Who clicked, submitted or asked. An org-wide installation names no workspace but the person's own. */
export function whoOf(body: {
  team?: { id: string } | null | undefined;
  user: { id: string; team_id?: string | null | undefined };
}): Who {
  return { teamId: body.team?.id ?? body.user.team_id ?? '', userId: body.user.id };
}

/** What someone is in the workspace; only `full` may act. */
export type Standing = 'full' | 'guest' | 'external' | 'bot' | 'deactivated';

/** `unknown`: Slack did not answer in time, and what it answered before is too old. */
export type Membership = (who: Who, options?: { isFresh?: boolean }) => Promise<Standing | 'unknown'>;
