import type pg from 'pg';
import type { UsageNames } from './csv-lines.ts';

/** What a company's members, departments and offices are called. */
export async function readNames(pool: pg.Pool, companyId: bigint): Promise<UsageNames> {
  const { rows } = await pool.query<{ kind: string; id: string; name: string }>(
    `SELECT 'member' AS kind, id::text, name FROM member WHERE company_id = $1
     UNION ALL SELECT 'department', id::text, name FROM department WHERE company_id = $1
     UNION ALL SELECT 'office', id::text, name FROM office WHERE company_id = $1
     UNION ALL SELECT 'primary', id::text, name FROM office WHERE company_id = $1 AND is_primary`,
    [companyId.toString()],
  );
  const ofKind = (wanted: string): Map<string, string> =>
    new Map(rows.flatMap(({ kind, id, name }) => (kind === wanted ? [[id, name]] : [])));
  const [primaryOffice = ''] = ofKind('primary').values();
  return {
    members: ofKind('member'),
    departments: ofKind('department'),
    offices: ofKind('office'),
    primaryOffice,
  };
}
