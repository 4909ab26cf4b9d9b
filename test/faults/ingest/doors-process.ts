import { systemClock } from '../../../src/clock.ts';
import { openDb } from '../../../src/db/index.ts';
import { startHttp, usageRoutes } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';

/** The doors of usage as a process of their own, to be killed: on the database and with the key it is given. */
const [url = '', secretKey = ''] = process.argv.slice(2);
const log = createLogger('silent');
const db = await openDb({ url, poolSize: 8, log });
const deps = { db, clock: systemClock, log, secrets: createSecretBox(secretKey) };
const { port } = await startHttp({ host: '127.0.0.1', port: 0, log, routes: usageRoutes(deps) });
process.stdout.write(`${port}\n`);
