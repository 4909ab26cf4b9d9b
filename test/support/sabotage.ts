import pg from 'pg';

/** A mistake in one of the ledger's functions: text of it that is there now, and what takes its place. */
export interface Sabotage {
  name: string;
  from: string;
  to: string;
}

/**
 * Replaces a function of a throwaway database by a broken one. Throws when the function is no longer what the mistake
 * was written for, so that a proof never passes because nothing was broken.
 */
export async function sabotageLedger(url: string, { name, from, to }: Sabotage): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ definition: string }>(
      'SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = $1',
      [name],
    );
    const pieces = rows[0]?.definition.split(from) ?? [];
    if (pieces.length !== 2) throw new Error(`${name} does not say once: ${from}`);
    await client.query(pieces.join(to));
  } finally {
    await client.end();
  }
}
