import { causeChecks } from '../../billing/index.ts';
import { requireCurrentSchema } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Finding, verifyDatabase } from '../../ledger/index.ts';
import { defineCommand } from '../frame/index.ts';

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'recompute every book and report what does not agree; exit status 1 if anything does not',
  params: {},
  needs: 'address',
  async run({ databaseUrl, log, isJson, stream }) {
    await requireCurrentSchema({ url: databaseUrl });
    const list: Finding[] = [];
    const summary = await verifyDatabase(
      { url: databaseUrl, log },
      {
        checks: causeChecks,
        onFinding: (finding) => {
          if (isJson) list.push(finding);
          void stream(`${describeFinding(finding)}\n`);
        },
      },
    );
    const { companies, wallets, findings } = summary;
    if (companies === 0)
      throw new RefillError(
        'no-books',
        'This database has no company, so nothing was verified. Check that it is the one the app uses.',
      );
    const verdict = findings === 0 ? 'The books hold' : count(findings, 'finding', 'findings');
    return {
      lines: [
        `${verdict}: ${count(companies, 'company', 'companies')}, ${count(wallets, 'wallet', 'wallets')}.`,
      ],
      value: { ...summary, list },
      status: findings === 0 ? 0 : 1,
    };
  },
});

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function describeFinding(finding: Finding): string {
  const { companyId, walletId, check, table, row, column, expected, found } = finding;
  const place = walletId === null ? `company ${companyId}` : `company ${companyId} wallet ${walletId}`;
  const values =
    check === 'seal'
      ? 'was changed outside the ledger'
      : `should be ${expected ?? 'absent'}, is ${found ?? 'absent'}${difference(expected, found)}`;
  return `${place}  ${table} ${row}  ${column} ${values}  (${check})`;
}

/** By how much two integers differ; nothing for what is no integer. */
function difference(expected: string | null, found: string | null): string {
  if (expected === null || found === null || !/^-?\d+$/.test(expected) || !/^-?\d+$/.test(found)) return '';
  const by = BigInt(found) - BigInt(expected);
  return ` (${by > 0n ? '+' : ''}${by})`;
}
