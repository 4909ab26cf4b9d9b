/**
 * What every session is set to, over the settings of the address, the role, the database, the server and the environment. It is a
 * statement of its own after connecting, not a startup parameter: poolers refuse those or drop them. The Prisma adapter
 * writes times without an offset and reads them as UTC; tables are found in public alone.
 */
export function sessionSettings({
  statementTimeoutMs,
  idleInTransactionMs,
}: {
  statementTimeoutMs: number;
  idleInTransactionMs: number;
}): string {
  const settings = {
    TimeZone: "'UTC'",
    search_path: 'public',
    DateStyle: "'ISO, MDY'",
    IntervalStyle: "'postgres'",
    default_transaction_isolation: "'read committed'",
    // Compiling a statement takes longer than any of ours runs: with it the nightly verification took twelve times as long.
    jit: 'off',
    statement_timeout: `${statementTimeoutMs}`,
    idle_in_transaction_session_timeout: `${idleInTransactionMs}`,
  };
  return Object.entries(settings)
    .map(([name, value]) => `SET ${name} = ${value}`)
    .join('; ');
}
