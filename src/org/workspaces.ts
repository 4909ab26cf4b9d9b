import type { Queryable } from '../db/index.ts';
import { placeOf } from './secrets/sealed-columns.ts';
import type { SecretBox } from './secrets/secret-box.ts';

export interface Workspace {
  teamId: string;
  /** Null until a link code binds the workspace to a company. */
  companyId: bigint | null;
  botUserId: string;
  botId: string;
  /** Decrypts the bot token; nothing keeps it longer than a call needs. */
  botToken(): string;
}

type WorkspaceRow = Omit<Workspace, 'botToken'> & { botTokenEncrypted: string };

const tokenPlace = (teamId: string): string => placeOf('workspace', 'bot_token_encrypted', teamId);

/** The installation of a Slack workspace, or null where the app is not installed. */
export async function findWorkspace(
  deps: { db: Queryable; secrets: SecretBox },
  teamId: string,
): Promise<Workspace | null> {
  const [row] = await deps.db.$queryRaw<WorkspaceRow[]>`/* prepared: find-workspace */ SELECT
    team_id AS "teamId", company_id AS "companyId", bot_token_encrypted AS "botTokenEncrypted",
    bot_user_id AS "botUserId", bot_id AS "botId" FROM workspace WHERE team_id = ${teamId}`;
  if (row === undefined) return null;
  return {
    teamId: row.teamId,
    companyId: row.companyId,
    botUserId: row.botUserId,
    botId: row.botId,
    botToken: () => deps.secrets.open(row.botTokenEncrypted, tokenPlace(teamId)),
  };
}

/** Records an installation, or its new token; a binding to a company is kept. */
export async function saveWorkspace(
  deps: { db: Queryable; secrets: SecretBox },
  workspace: { teamId: string; name: string; botToken: string; botUserId: string; botId: string; at: Date },
): Promise<void> {
  const fields = {
    name: workspace.name,
    botTokenEncrypted: deps.secrets.seal(workspace.botToken, tokenPlace(workspace.teamId)),
    botUserId: workspace.botUserId,
    botId: workspace.botId,
  };
  await deps.db.workspace.upsert({
    where: { teamId: workspace.teamId },
    create: { teamId: workspace.teamId, installedAt: workspace.at, ...fields },
    update: fields,
  });
}

/** Forgets an uninstalled workspace's token; its company's books stay. */
export async function forgetWorkspaceToken(
  deps: { db: Queryable; secrets: SecretBox },
  teamId: string,
): Promise<void> {
  await deps.db.workspace.updateMany({
    where: { teamId },
    data: { botTokenEncrypted: deps.secrets.seal('', tokenPlace(teamId)) },
  });
}
