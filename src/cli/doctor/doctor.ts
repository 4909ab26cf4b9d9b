import { readConfig } from '../../config.ts';
import { type Check, examine, fault } from '../../doctor/index.ts';
import { hasCode, RefillError } from '../../errors.ts';
import { createLogger } from '../../log.ts';
import { type BaseContext, defineCommand, describeError, openSecrets, withDatabase } from '../frame/index.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'look at everything this installation needs, and change nothing; exit status 1 with faults',
  params: {},
  needs: 'nothing',
  async run(context) {
    const checks = await examineInstallation(context);
    const count = (result: Check['result']): number =>
      checks.filter((check) => check.result === result).length;
    const faults = count('fault');
    return {
      lines: [
        ...checks.map(describe),
        `${faults} ${faults === 1 ? 'fault' : 'faults'}, ${count('ok')} ok, ${count('not_checked')} not checked.`,
      ],
      value: { faults, checks },
      status: faults === 0 ? 0 : 1,
    };
  },
});

/** Where the environment is not complete nothing else can be known. */
async function examineInstallation({ env, clock, note }: BaseContext): Promise<Check[]> {
  const describeCause = (error: unknown): string => describeError(error).message;
  try {
    const config = readConfig(env);
    const log = createLogger('silent');
    const parts = { config, secrets: openSecrets(config), now: clock.now(), log, describe: describeCause };
    try {
      return await withDatabase(config, { log, note, beforeCreating: null }, (databaseUrl) =>
        examine({ ...parts, databaseUrl }),
      );
    } catch (error) {
      if (!(error instanceof RefillError)) throw error;
      const missing = fault(
        'database',
        error.message,
        'looked for it',
        'Set DATABASE_URL as the app has it.',
      );
      return [missing, ...(await examine({ ...parts, databaseUrl: null }))];
    }
  } catch (error) {
    if (!hasCode(error, 'bad-configuration')) throw error;
    return [
      fault(
        'environment',
        error.message,
        'read the environment of this process',
        'Fix these variables first.',
      ),
    ];
  }
}

const MARKS = { ok: 'ok          ', fault: 'FAULT       ', not_checked: 'not checked ' };

function describe({ id, result, finding, how, todo }: Check): string {
  const known = result === 'not_checked' ? '' : `  (${how})`;
  return `${MARKS[result]} ${id}: ${finding}${known}${todo === null ? '' : `\n               → ${todo}`}`;
}
