import type { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { type Config, readConfig, TRY_OUT_SECRET_KEY } from '../../config.ts';
import { type Db, openDb, requireCurrentSchema } from '../../db/index.ts';
import { hasCode, RefillError } from '../../errors.ts';
import { createLogger, type Logger } from '../../log.ts';
import { actAsOperator, createSecretBox, findCompany, type SecretBox } from '../../org/index.ts';
import type { AddressContext, BaseContext, Command, Outcome } from './command.ts';
import { withDatabase } from './connect-database.ts';
import { type CompanyRef, findCompanyRef } from './find-company.ts';
import { requireText } from './params.ts';
import type { Progress } from './progress.ts';

/** One call of a command: what was typed, by the name of each parameter, and what surrounds it. */
export interface Call {
  readonly typed: Readonly<Record<string, unknown>>;
  /** Who acts, for the audit. */
  readonly operator: string;
  readonly env: Record<string, string | undefined>;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly isJson: boolean;
  note(line: string): void;
  progress(unit: string): Progress;
  stream(chunk: string): Promise<void>;
}

/** A command's outcome, and the company it was about, which the frame repeats on screen. */
export interface CommandResult extends Outcome {
  readonly company: CompanyRef | undefined;
}

/**
 * Reads what was typed, opens what the command needs and runs it as the operator. What was typed wrong is said before
 * anything is opened. Throws RefillError `bad-argument`, and what opening the database or the command throws.
 */
export async function runCommand(command: Command, call: Call): Promise<CommandResult> {
  const values = readValues(command, call.typed);
  const companyText = readCompanyText(command, call.typed);
  const { body } = command;
  if (body.needs === 'nothing') {
    const outcome = await body.run(openBase(call, createLogger('error')), values);
    return { ...outcome, company: undefined };
  }
  const config = readConfig(call.env);
  // Standard error is for a sentence to the person who typed it; a log of what the command did is there for the asking.
  const log = createLogger(config.isLogLevelChosen ? config.logLevel : 'error');
  const base = openBase(call, log);
  const create = body.needs === 'address' ? body.beforeCreating : null;
  const beforeCreating = create === null ? null : () => create(values);
  return await withDatabase(config, { ...base, beforeCreating }, async (databaseUrl) => {
    const context: AddressContext = { ...base, config, databaseUrl };
    if (body.needs === 'address') {
      const outcome = await actAsOperator(call.operator, () => body.run(context, values));
      return { ...outcome, company: undefined };
    }
    await requireCurrentSchema({ url: databaseUrl });
    return await withDb(databaseUrl, log, async (db) => {
      const company = companyText === undefined ? undefined : await findCompanyRef(db, companyText);
      if (company !== undefined) await assertOpen(db, command, company);
      const opened = { ...context, db, secrets: openSecrets(config), publicUrl: publicUrlOf(config) };
      const all = company === undefined ? values : { ...values, ...companyValue(command, company) };
      const outcome = await actAsOperator(call.operator, () => body.run(opened, all));
      return { ...outcome, company };
    });
  });
}

/** Throws RefillError `company-suspended` where the command begins something new and the company is closed. */
async function assertOpen(db: Db, command: Command, { id, name }: CompanyRef): Promise<void> {
  if (!Object.values(command.params).some(({ refusesClosed }) => refusesClosed)) return;
  if ((await findCompany(db, id))?.state !== 'closed') return;
  throw new RefillError(
    'company-suspended',
    `${name} is closed, which cannot be undone. Nothing was changed.`,
    {
      state: 'closed',
    },
  );
}

function openBase(call: Call, log: Logger): BaseContext {
  const { clock, env, stdin, isJson, note, progress, stream } = call;
  return { clock, env, log, stdin, isJson, note, progress, stream };
}

async function withDb<T>(url: string, log: Logger, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDb({ url, poolSize: 2, log });
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

/** Every value but the company's. Throws one RefillError `bad-argument` that lists all that is wrong. */
function readValues(command: Command, typed: Call['typed']): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [key, param] of Object.entries(command.params)) {
    try {
      if (param.kind !== 'company') values[key] = param.read(typed[key]);
      else if (param.isRequired || typed[key] !== undefined)
        requireText(typed[key], param.flags.split(' ')[0] ?? param.flags);
    } catch (error) {
      if (!hasCode(error, 'bad-argument')) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length === 0) return values;
  throw new RefillError('bad-argument', `${faults.join('\n')}\nSee: refill ${command.name} --help`);
}

function readCompanyText(command: Command, typed: Call['typed']): string | undefined {
  const entry = Object.entries(command.params).find(([, param]) => param.kind === 'company');
  const given = entry === undefined ? undefined : typed[entry[0]];
  return typeof given === 'string' ? given : undefined;
}

function companyValue(command: Command, company: CompanyRef): Record<string, CompanyRef> {
  const entry = Object.entries(command.params).find(([, param]) => param.kind === 'company');
  return entry === undefined ? {} : { [entry[0]]: company };
}

/** Opens and seals under the app's own key; opens what is still sealed under the one before. */
export const openSecrets = ({ live }: Config): SecretBox =>
  createSecretBox(
    live?.secretKey ?? TRY_OUT_SECRET_KEY,
    live?.oldSecretKey === undefined ? [] : [live.oldSecretKey],
  );

/** In the try-out the app listens right above the page's port. */
const publicUrlOf = (config: Config): string | null =>
  config.live === undefined ? `http://127.0.0.1:${config.port + 1}` : config.live.publicUrl;
