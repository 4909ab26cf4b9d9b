import { type Logger, pino } from 'pino';

export type { Logger };

/** Fields that never reach the log, wherever they stand in a logged object. */
const SECRETS = ['token', 'secret', 'password', 'authorization', 'code', 'clientSecret', 'url'];

/** The process's logger: JSON lines on standard error, so that standard output stays for people. */
export function createLogger(level: string): Logger {
  return pino(
    { level, redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[removed]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}
