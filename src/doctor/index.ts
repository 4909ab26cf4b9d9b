/** Looks at everything an installation needs, changes nothing, and says how each thing is known. */
import type { Config } from '../config.ts';
import { openDb } from '../db/index.ts';
import type { Logger } from '../log.ts';
import { readDeliveries, type SecretBox } from '../org/index.ts';
import { type Check, ok } from './check.ts';
import { checkBooks } from './check-books.ts';
import { checkDatabase, withoutSchema } from './check-database.ts';
import { checkProcessor } from './check-processor.ts';
import { checkSlack } from './check-slack.ts';

export { type Check, fault } from './check.ts';

export interface Examination {
  readonly config: Config;
  /** Null where none could be opened; `databaseFault` then says why. */
  readonly databaseUrl: string | null;
  readonly secrets: SecretBox;
  readonly now: Date;
  readonly log: Logger;
  readonly describe: (error: unknown) => string;
}

/** Every check, in the order in which faults are mended. */
export async function examine(examination: Examination): Promise<Check[]> {
  const { config, databaseUrl, now } = examination;
  const environment = ok(
    'environment',
    config.live === undefined
      ? 'Nothing is configured: this is the local try-out.'
      : `The environment is complete (${config.live.mode.replace('_', ' ')}).`,
    'read the environment of this process',
  );
  const database = databaseUrl === null ? [] : await checkDatabase({ ...examination, databaseUrl });
  const isReadable = databaseUrl !== null && database.length > 0 && isSchemaCurrent(database);
  const { deliveries, books } = isReadable
    ? await examineBooks({ ...examination, databaseUrl })
    : { deliveries: null, books: WITHOUT_BOOKS };
  const [slack, processor] = await Promise.all([
    checkSlack({ live: config.live, deliveries, now }),
    checkProcessor({ config, deliveries, now }),
  ]);
  return [environment, ...judgeAddress(config), ...database, ...slack, ...processor, ...books];
}

/** Whether browsers and other systems reach the app; without an address, what is off. */
function judgeAddress({ live }: Config): Check[] {
  if (live === undefined) return [];
  const how = 'read the environment of this process';
  return [
    live.publicUrl === null
      ? ok(
          'public-address',
          'REFILL_PUBLIC_URL is none: Slack is reached by Socket Mode, and payments are found by polling the card ' +
            'processor. Webhooks of phone systems are off.',
          how,
        )
      : ok('public-address', `People and systems are given ${live.publicUrl}.`, how),
  ];
}

const WITHOUT_BOOKS = ['secrets', 'rates', 'usage', 'directory', 'channels', 'invoice-email'].map(
  withoutSchema,
);

function isSchemaCurrent(checks: readonly Check[]): boolean {
  return checks.some(({ id, result }) => id === 'database-schema' && result === 'ok');
}

async function examineBooks(
  examination: Examination & { databaseUrl: string },
): Promise<{ deliveries: ReadonlyMap<string, Date>; books: Check[] }> {
  const { databaseUrl, log } = examination;
  const db = await openDb({ url: databaseUrl, poolSize: 1, log });
  try {
    return { deliveries: await readDeliveries(db), books: await checkBooks({ ...examination, db }) };
  } finally {
    await db.$disconnect();
  }
}
