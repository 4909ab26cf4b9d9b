import type { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Db } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { SecretBox } from '../../org/index.ts';
import type { Param, Params, Values } from './params.ts';
import type { Progress } from './progress.ts';

/** What every command may use. */
export interface BaseContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stdin: Readable;
  /** For a command that reads its own configuration; all others have `config`. */
  readonly env: Record<string, string | undefined>;
  /** Whether one JSON value is asked for: then `stream` prints nothing. */
  readonly isJson: boolean;
  /** A line for the person at the terminal (progress, a warning), on standard error. */
  note(line: string): void;
  /** Progress of something that may take longer than two seconds, in so many `unit`s; see `createProgress`. */
  progress(unit: string): Progress;
  /** Output of a command that cannot wait until it is done, on standard output. */
  stream(chunk: string): Promise<void>;
}

/** For commands about the database itself: its address, before anything in it is read. */
export interface AddressContext extends BaseContext {
  readonly config: Config;
  readonly databaseUrl: string;
}

/** For everything else: the open database, which the frame found at this version's schema. */
export interface CommandContext extends AddressContext {
  readonly db: Db;
  /** Seals under the app's own key. */
  readonly secrets: SecretBox;
  /** Where people and phone systems reach the app; null where nothing does. */
  readonly publicUrl: string | null;
}

export interface Outcome {
  /** For people, a line each. */
  readonly lines: readonly string[];
  /** For programs, the same facts; printed with `--json`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** 1 where the command refused or found something; 0 unless given. */
  readonly status?: 0 | 1;
}

interface Description<P extends Params> {
  /** Noun, then verb: `bundle add`. A single verb is about the whole installation: `verify`. */
  readonly name: string;
  readonly summary: string;
  readonly params: P;
}

interface DatabaseCommand<P extends Params> extends Description<P> {
  readonly needs?: 'database';
  run(context: CommandContext, values: Values<P>): Promise<Outcome>;
}

interface AddressCommand<P extends Params> extends Description<P> {
  readonly needs: 'address';
  /**
   * The embedded server is created where there is none yet, which no other command does, and not before this has found nothing to
   * refuse; it throws what it refuses.
   */
  readonly beforeCreating?: (values: Values<P>) => Promise<void>;
  run(context: AddressContext, values: Values<P>): Promise<Outcome>;
}

interface PlainCommand<P extends Params> extends Description<P> {
  readonly needs: 'nothing';
  run(context: BaseContext, values: Values<P>): Promise<Outcome>;
}

/** A command as the frame keeps it: what it takes is known by its declaration alone. */
export interface Command extends Description<Record<string, Param<unknown>>> {
  readonly body:
    | { needs: 'database'; run(context: CommandContext, values: Record<string, unknown>): Promise<Outcome> }
    | {
        needs: 'address';
        beforeCreating: ((values: Record<string, unknown>) => Promise<void>) | null;
        run(context: AddressContext, values: Record<string, unknown>): Promise<Outcome>;
      }
    | { needs: 'nothing'; run(context: BaseContext, values: Record<string, unknown>): Promise<Outcome> };
}

/**
 * Declares a command. What `run` gets is typed by `params`.
 *
 * @example defineCommand({ name: 'card unlock', summary: '…', params: { company: companyOption() }, async run({ db }, { company }) { … } })
 */
export function defineCommand<const P extends Params>(
  spec: DatabaseCommand<P> | AddressCommand<P> | PlainCommand<P>,
): Command {
  const { name, summary, params } = spec;
  const beforeCreating = spec.needs === 'address' ? spec.beforeCreating : undefined;
  // The frame builds the values by the same declaration, key by key; the compiler cannot follow that through a loop.
  const typed = (values: Record<string, unknown>): Values<P> => values as Values<P>;
  if (spec.needs === 'nothing')
    return {
      name,
      summary,
      params,
      body: { needs: 'nothing', run: (context, values) => spec.run(context, typed(values)) },
    };
  if (spec.needs === 'address')
    return {
      name,
      summary,
      params,
      body: {
        needs: 'address',
        beforeCreating: beforeCreating === undefined ? null : (values) => beforeCreating(typed(values)),
        run: (context, values) => spec.run(context, typed(values)),
      },
    };
  return {
    name,
    summary,
    params,
    body: { needs: 'database', run: (context, values) => spec.run(context, typed(values)) },
  };
}
