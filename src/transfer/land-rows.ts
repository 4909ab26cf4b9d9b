import type pg from 'pg';
import { RefillError } from '../errors.ts';
import { placeOfNumberKey, type SecretBox } from '../org/index.ts';

export interface LandingDeps {
  client: pg.PoolClient;
  companyId: bigint;
  at: Date;
  secrets: SecretBox;
  newNumberKey: boolean;
}

/** What of a file this installation could not take as it is. */
export interface LeftBehind {
  /** Roles of people of a workspace that is not installed here. */
  roles: number;
  /** The company’s key for phone numbers is made anew at its first use. */
  hasNewNumberKey: boolean;
}

/** Where the rows of a table arrive that cannot be taken as they are. */
export function stageOf(table: string): string {
  return `arriving_${table}`;
}

type Land = (deps: LandingDeps, columns: string) => Promise<Partial<LeftBehind>>;

/** How the rows of such a table get from its stage into the table. */
export const LANDINGS: Readonly<Record<string, Land | undefined>> = {
  role_assignment: landRoles,
  number_key: landNumberKey,
  bundle: landBundles,
  subscription: landSubscriptions,
};

/** A role is of a person of a workspace: it is kept where that workspace is installed, and linked to no company. */
async function landRoles({ client }: LandingDeps, columns: string): Promise<Partial<LeftBehind>> {
  const landed = await client.query(
    `INSERT INTO role_assignment (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM arriving_role_assignment
    WHERE team_id IN (SELECT team_id FROM workspace WHERE company_id IS NULL)`,
  );
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM arriving_role_assignment');
  return { roles: Number(rows[0]?.count ?? 0) - (landed.rowCount ?? 0) };
}

/**
 * The key that the phone numbers in ids are coded with comes sealed under the other installation's secret key: without it a usage that
 * is sent again would be posted again. It is sealed anew under this installation's.
 */
async function landNumberKey(
  { client, companyId, secrets, newNumberKey }: LandingDeps,
  columns: string,
): Promise<Partial<LeftBehind>> {
  const { rows } = await client.query<{ key_encrypted: string | null }>(
    'SELECT key_encrypted FROM arriving_number_key',
  );
  const sealed = rows[0]?.key_encrypted ?? null;
  if (sealed !== null) {
    const opened = open(secrets, sealed, companyId);
    if (opened === null && newNumberKey) return { hasNewNumberKey: true };
    if (opened === null)
      throw new RefillError(
        'secret-unreadable',
        'The company’s key for phone numbers is sealed under the other installation’s REFILL_SECRET_KEY. Import with that one as REFILL_SECRET_KEY_OLD, or with --new-number-key: then usage from before that is sent again and has a number in its id is posted again. Nothing was changed.',
      );
    await client.query('UPDATE arriving_number_key SET key_encrypted = $1', [
      secrets.seal(opened, placeOfNumberKey(companyId)),
    ]);
  }
  await client.query(`INSERT INTO number_key (${columns}) SELECT ${columns} FROM arriving_number_key`);
  return {};
}

function open(secrets: SecretBox, sealed: string, companyId: bigint): string | null {
  try {
    return secrets.open(sealed, placeOfNumberKey(companyId));
  } catch {
    return null;
  }
}

/** The catalogue is the installation's: a bundle is the one that is like it here, or a new one that is not on sale. */
async function landBundles({ client, at }: LandingDeps, columns: string): Promise<Partial<LeftBehind>> {
  await client.query('ALTER TABLE arriving_bundle ADD COLUMN there bigint');
  await client.query(
    `UPDATE arriving_bundle SET there = id, id = coalesce(
      (SELECT min(bundle.id) FROM bundle
        WHERE (bundle.name, bundle.kind, bundle.period, bundle.credit_micros, bundle.price_micros) = (arriving_bundle.name,
          arriving_bundle.kind, arriving_bundle.period, arriving_bundle.credit_micros, arriving_bundle.price_micros)),
      nextval(pg_get_serial_sequence('bundle', 'id'))), retired_at = coalesce(retired_at, $1)`,
    [at],
  );
  await client.query(
    `INSERT INTO bundle (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM arriving_bundle
    WHERE id NOT IN (SELECT id FROM bundle)`,
  );
  return {};
}

async function landSubscriptions({ client }: LandingDeps, columns: string): Promise<Partial<LeftBehind>> {
  await client.query(
    `UPDATE arriving_subscription SET
      bundle_id = (SELECT id FROM arriving_bundle WHERE there = bundle_id),
      next_bundle_id = (SELECT id FROM arriving_bundle WHERE there = next_bundle_id)`,
  );
  await client.query(
    `INSERT INTO subscription (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM arriving_subscription`,
  );
  return {};
}
