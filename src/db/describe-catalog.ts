import type { ClientBase } from 'pg';

/**
 * What a database's public schema consists of, as sorted readable lines: what `prisma migrate diff` compares and what
 * it overlooks (order of columns, CHECKs, partial and expression indexes, triggers, functions, grants, storage
 * parameters).
 */
export const describeCatalog = (client: ClientBase): Promise<string> =>
  describe(client, { ...TABLE_SECTIONS, ...CODE_SECTIONS });

/** The part of the catalog that migrations make: all but functions, triggers and grants. */
export const describeTables = (client: ClientBase): Promise<string> => describe(client, TABLE_SECTIONS);

async function describe(client: ClientBase, queries: Record<string, string>): Promise<string> {
  const sections: string[] = [];
  for (const [title, query] of Object.entries(queries)) {
    const { rows } = await client.query<{ line: string }>(query);
    const lines = rows.map((row) => row.line.replace(/\s+/g, ' ').trim()).sort();
    sections.push([`## ${title}`, ...lines, ''].join('\n'));
  }
  return sections.join('\n');
}

const OURS_PROC = `p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')`;
const OURS_REL = `c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'`;

const TABLE_SECTIONS: Record<string, string> = {
  tables: `
    SELECT format('%s (%s)%s', c.relname, c.relkind, ' with ' || array_to_string(c.reloptions, ', ')) AS line
      FROM pg_class AS c WHERE ${OURS_REL} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')`,
  // Numbered as they stand: rows are written and sealed by position.
  columns: `
    SELECT concat_ws(' ', format('%s.%s', c.relname, lpad(a.position::text, 2, '0')), a.attname,
             format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
             CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
             CASE WHEN a.attgenerated <> '' THEN 'generated' END,
             'default ' || pg_get_expr(d.adbin, d.adrelid)) AS line
      FROM pg_class AS c JOIN LATERAL (
             SELECT *, row_number() OVER (ORDER BY attnum) AS position FROM pg_attribute
              WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS a ON true
      LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE ${OURS_REL} AND c.relkind IN ('r', 'p', 'v', 'm', 'c')`,
  // NOT NULL constraints stand with the columns.
  constraints: `
    SELECT format('%s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS line
      FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
     WHERE ${OURS_REL} AND k.contype IN ('c', 'f', 'p', 'u', 'x')`,
  indexes: `
    SELECT pg_get_indexdef(i.indexrelid) AS line FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
     WHERE ${OURS_REL}`,
  types: `
    SELECT concat_ws(' ', t.typname, CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
             (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid),
             (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint AS k WHERE k.contypid = t.oid)) AS line
      FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
     WHERE t.typnamespace = 'public'::regnamespace
       AND (t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))`,
};

const CODE_SECTIONS: Record<string, string> = {
  triggers: `
    SELECT concat_ws(' ', pg_get_triggerdef(t.oid), CASE WHEN t.tgenabled <> 'O' THEN format('enabled %s', t.tgenabled) END) AS line
      FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE ${OURS_REL} AND NOT t.tgisinternal`,
  functions: `
    SELECT format('%s %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid))) AS line FROM pg_proc AS p WHERE ${OURS_PROC}`,
  // Grantees other than the owner, whose name differs from server to server.
  grants: `
    SELECT format('%s: %s to %s', x.name, x.privilege_type, coalesce(r.rolname, 'public')) AS line
      FROM (SELECT c.relname::text AS name, c.relowner AS owner, (aclexplode(c.relacl)).* FROM pg_class AS c WHERE ${OURS_REL}
            UNION ALL
            SELECT p.oid::regprocedure::text, p.proowner, (aclexplode(p.proacl)).* FROM pg_proc AS p WHERE ${OURS_PROC}) AS x
      LEFT JOIN pg_roles AS r ON r.oid = x.grantee WHERE x.grantee <> x.owner`,
};
