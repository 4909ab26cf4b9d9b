import pg from 'pg';

interface Breakage {
  name: string;
  /** Text of the function that is there now, and what takes its place. */
  from: string;
  to: string;
}

/** Ways to break the ledger's writer that the hammer must catch; each is a mistake that somebody makes somewhere. */
export const sabotages: Record<string, Breakage> = {
  /** The book is read, but nobody waits for anybody. */
  'no-lock': { name: 'ledger_lock_book', from: ' FOR NO KEY UPDATE', to: '' },
  /** Nobody looks whether a record was booked before. */
  'no-duplicate-check': {
    name: 'ledger_judge_usage',
    from: 'u.external_id = c.external_id AND u.revision = 0',
    to: 'u.external_id = c.external_id AND u.revision = -1',
  },
};

/** Replaces a function of a throwaway database by a broken one. */
export async function sabotageLedger(url: string, name: string): Promise<void> {
  const breakage = sabotages[name];
  if (breakage === undefined) throw new Error(`no sabotage is called ${name}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ definition: string }>(
      'SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = $1',
      [breakage.name],
    );
    const definition = rows[0]?.definition;
    if (definition === undefined || !definition.includes(breakage.from))
      throw new Error(`${breakage.name} is not what the sabotage ${name} was written for`);
    await client.query(definition.replace(breakage.from, breakage.to));
  } finally {
    await client.end();
  }
}
