import { type Finding, verifyDatabase } from '../ledger/index.ts';
import { createLogger } from '../log.ts';

/**
 * Verifies every company's books and prints what is not as it must be: a line a finding and a summary, or one JSON
 * object a line. Answers the exit code: 0 when the books hold, 1 on findings.
 * Throws RefillError `database-unavailable`.
 */
export async function verifyCommand(
  options: { databaseUrl: string; json: boolean },
  out: (line: string) => void,
): Promise<number> {
  const print = options.json ? toJson : toLine;
  const database = { url: options.databaseUrl, log: createLogger('error') };
  const summary = await verifyDatabase(database, { onFinding: (finding) => out(print(finding)) });
  const { companies, wallets, findings } = summary;
  const verdict = findings === 0 ? 'The books hold' : count(findings, 'finding', 'findings');
  out(
    options.json
      ? JSON.stringify(summary)
      : `${verdict}: ${count(companies, 'company', 'companies')}, ${count(wallets, 'wallet', 'wallets')}.`,
  );
  return findings === 0 ? 0 : 1;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function toLine(finding: Finding): string {
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

function toJson(finding: Finding): string {
  return JSON.stringify(finding, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
