import { causeChecks } from '../../billing/index.ts';
import { openDb, readDatabaseError, requireCurrentSchema } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Finding, type VerifySummary, verifyDatabase } from '../../ledger/index.ts';
import type { Logger } from '../../log.ts';
import { readLastFullVerification, recordVerification } from '../../org/index.ts';
import { spendingChecks } from '../../usage/index.ts';
import { defineCommand, openSecrets, optionalValue, utcDay } from '../frame/index.ts';

/** PostgreSQL's code for a write where none is allowed. */
const READ_ONLY = '25006';

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'recompute every book and report what does not agree; exit status 1 if anything does not',
  params: {
    since: optionalValue(
      '--since [day]',
      'only what is new: since the last closed day, or a UTC day before it (2026-11-28) with its digests',
      utcDay,
      'last-closed-day' as const,
    ),
  },
  needs: 'address',
  async run({ config, databaseUrl, log, clock, isJson, progress: begin, stream }, { since }) {
    await requireCurrentSchema({ url: databaseUrl });
    const list: Finding[] = [];
    const progress = begin('checks');
    const summary = await verifyDatabase(
      { url: databaseUrl, log },
      {
        ...(since === undefined ? {} : { since }),
        checks: [...causeChecks, ...spendingChecks],
        signer: openSecrets(config),
        onProgress: progress.show,
        onFinding: (finding) => {
          if (isJson) list.push(finding);
          void stream(`${describeFinding(finding)}\n`);
        },
      },
    );
    progress.end();
    const { companies, wallets, findings, erasedNumbers } = summary;
    if (companies === 0)
      throw new RefillError(
        'no-books',
        'This database has no company, so nothing was verified. Check that it is the one the app uses.',
      );
    const verdict = findings === 0 ? 'The books hold' : count(findings, 'finding', 'findings');
    const { isRecorded, lastFull } = await record({ url: databaseUrl, log }, summary, clock.now());
    return {
      lines: [
        `${verdict}: ${count(companies, 'company', 'companies')}, ${count(wallets, 'wallet', 'wallets')}.`,
        ...(erasedNumbers === 0
          ? []
          : [
              `Numbers were erased from ${count(erasedNumbers, 'usage record', 'usage records')}: amounts hold, numbers are not checked there.`,
            ]),
        ...(summary.part === null ? [] : describePart(summary.part, lastFull)),
        ...(isRecorded ? [] : ['This database is read-only, so that it was verified is not recorded in it.']),
      ],
      value: { ...summary, ...(summary.part === null ? {} : { lastFull }), isRecorded, list },
      status: findings === 0 ? 0 : 1,
    };
  },
});

/** What of the books was checked, and what stands for the rest. */
function describePart(
  { since, entries, wholeCompanies }: NonNullable<VerifySummary['part']>,
  lastFull: string | null,
): string[] {
  const whole =
    wholeCompanies === 0
      ? []
      : [
          `Without a closed day, and so checked whole: ${count(wholeCompanies, 'company', 'companies')} (${count(entries, 'entry', 'entries')} in all).`,
        ];
  if (since === null) return whole;
  const recomputed =
    lastFull === null
      ? 'no night has recomputed them yet'
      : `last recomputed by the full verification of ${lastFull}`;
  return [
    `Checked ${count(entries, 'entry', 'entries')} since ${since}; the days before are covered by their digests, ${recomputed}.`,
    'A change of those days is found by `refill verify`, which recomputes everything.',
    ...whole,
  ];
}

/**
 * Records the run as a night's is, so that monitoring and `doctor` know of it; a database that cannot be written to, as a standby,
 * is left as it is. Returns also which day everything was last verified.
 */
async function record(
  database: { url: string; log: Logger },
  summary: VerifySummary,
  at: Date,
): Promise<{ isRecorded: boolean; lastFull: string | null }> {
  const db = await openDb({ ...database, poolSize: 1 });
  try {
    const lastFull = await readLastFullVerification(db);
    const isRecorded = await recordVerification(db, { ...summary, day: at.toISOString().slice(0, 10), at })
      .then(() => true)
      .catch((error: unknown) => {
        if (readDatabaseError(error)?.sqlState !== READ_ONLY) throw error;
        return false;
      });
    return { isRecorded, lastFull };
  } finally {
    await db.$disconnect();
  }
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

function describeFinding(finding: Finding): string {
  const { companyId, walletId, check, table, row, column, expected, found } = finding;
  if (check === 'digest') return `company ${companyId}  ${row}: ${describeDigestFinding(finding)}  (digest)`;
  const place = walletId === null ? `company ${companyId}` : `company ${companyId} wallet ${walletId}`;
  const values =
    check === 'seal'
      ? 'was changed outside the ledger'
      : `should be ${expected ?? 'absent'}, is ${found ?? 'absent'}${difference(expected, found)}`;
  return `${place}  ${table} ${row}  ${column} ${values}  (${check})`;
}

/** What a digest that does not hold says of the books. */
function describeDigestFinding({ column, expected, found }: Finding): string {
  switch (column) {
    case 'digest':
      return 'a row that was posted that day, or its digest or the one before it, was changed around the ledger';
    case 'row_count':
      return `${found} rows were posted that day, and its digest covers ${expected}`;
    case 'day':
      return `the digest of ${expected} is missing`;
    case 'closed_until':
      return `the days are closed until ${found ?? 'none'}, and have digests until ${expected ?? 'none'}`;
    default:
      return found ?? 'its signature does not hold';
  }
}

/** By how much two integers differ; nothing for what is no integer. */
function difference(expected: string | null, found: string | null): string {
  if (expected === null || found === null || !/^-?\d+$/.test(expected) || !/^-?\d+$/.test(found)) return '';
  const by = BigInt(found) - BigInt(expected);
  return ` (${by > 0n ? '+' : ''}${by})`;
}
