import type { Queryable } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { fromMicros } from '../../money.ts';
import type { Office } from '../../org/index.ts';
import type { PartSurprise } from './find-surprises.ts';
import { countryOfNumber, spendRecords } from './spend-records.ts';

const MAX_SPENDERS = 3;

interface Row {
  who: string | null;
  category: string;
  number: string | null;
  micros: bigint;
}

/** Whose lines spent most of what was unusual, by the person's or department's name, else by the line's number. */
export async function findSpenders(
  db: Queryable,
  { companyId, office }: { companyId: bigint; office: Office },
  { part, from, to }: PartSurprise,
): Promise<{ name: string; amount: string }[]> {
  const period = { companyId, officeId: office.id, from, to: new Date(to.getTime() + MINUTE_MS) };
  const rows = await db.$queryRaw<Row[]>`
    SELECT coalesce(m.name, d.name, u.internal_number) AS who, u.category, u.external_number AS number,
      sum(u.cost_micros)::bigint AS micros
    FROM (${spendRecords(period)}) AS u
    LEFT JOIN member AS m ON m.company_id = u.company_id AND m.id = u.member_id
    LEFT JOIN department AS d ON d.company_id = u.company_id AND d.id = u.department_id
    GROUP BY 1, 2, 3`;
  const sums = new Map<string, bigint>();
  for (const { who, category, number, micros } of rows) {
    const value =
      part.kind === 'country'
        ? countryOfNumber(number, office.country)
        : part.kind === 'type'
          ? category
          : '';
    if (who !== null && value === part.value) sums.set(who, (sums.get(who) ?? 0n) + micros);
  }
  return [...sums]
    .filter(([, micros]) => micros > 0n)
    .toSorted(([, a], [, b]) => (a < b ? 1 : -1))
    .slice(0, MAX_SPENDERS)
    .map(([name, micros]) => ({ name, amount: fromMicros(micros).toFixed() }));
}
