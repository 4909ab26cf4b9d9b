import { once } from 'node:events';
import { userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { type Command as Commander, CommanderError } from 'commander';
import type { Clock } from '../../clock.ts';
import { newRequestId, withTrace } from '../../trace.ts';
import { buildProgram, type Dispatch } from './build-program.ts';
import type { Command } from './command.ts';
import { type DescribedError, describeError } from './describe-error.ts';
import { bad } from './params.ts';
import { createProgress } from './progress.ts';
import { type Call, type CommandResult, runCommand } from './run-command.ts';

/** What a run of the command line is made of; a test gives its own. */
export interface Terminal {
  /** What stands after `refill`. */
  readonly args: readonly string[];
  readonly env: Record<string, string | undefined>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly clock: Clock;
  readonly version: string;
}

/** A noun, or a verb that stands alone, with the module of its commands. */
interface Noun {
  /** What its commands are about; a verb that stands alone says so itself. */
  readonly summary?: string;
  load(): Promise<{ readonly commands: readonly Command[] }>;
}

export interface CommandTable {
  /** In the order of the help. */
  readonly nouns: Readonly<Record<string, Noun>>;
  /** Names of before, each with the one that took its place. */
  readonly renamed: Readonly<Record<string, string>>;
}

/**
 * Runs one command line and returns its exit status: 0 done, 1 refused or found something, 2 wrong usage. Whatever
 * happens, standard error gets a sentence; with `--json` standard output gets one JSON value, an `error` included.
 */
export async function runCli(terminal: Terminal, table: CommandTable): Promise<0 | 1 | 2> {
  const { args, stdout, stderr, env } = terminal;
  const isJson = args.includes('--json');
  const note = (line: string): void => void stderr.write(`${line}\n`);
  const isTerminal = 'isTTY' in stderr && stderr.isTTY === true;
  const place = { write: (text: string) => void stderr.write(text), isTerminal };
  const fail = (error: DescribedError): 1 | 2 => {
    note(error.message);
    if (error.stack !== undefined && env.REFILL_LOG === 'debug') note(error.stack);
    if (isJson) stdout.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
    return error.status;
  };
  const former = [args.slice(0, 2).join(' '), args[0] ?? ''].find((name) => name in table.renamed);
  if (former !== undefined)
    return fail(usage('renamed', `\`refill ${former}\` is now \`refill ${table.renamed[former]}\`.`));

  let chosen: Dispatch | undefined;
  const helped: string[] = [];
  const commands = await loadCommands(table, args[0]);
  const program = buildProgram({ table, commands, version: terminal.version }, (dispatch) => {
    chosen = dispatch;
  });
  captureOutput(program, stdout, helped);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(describeError(error));
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') {
      if (isJson) return fail(usage('wrong-usage', 'Name a command. See: refill --help'));
      note(helped.join('').trimEnd());
      return 2;
    }
    return fail(usage('wrong-usage', sentenceOf(error)));
  }
  if (chosen === undefined) return fail(usage('wrong-usage', 'Name a command. See: refill --help'));
  try {
    const { command, typed, as } = chosen;
    const call: Call = {
      typed,
      operator: readOperator(as),
      env,
      clock: terminal.clock,
      stdin: terminal.stdin,
      isJson,
      note,
      progress: (unit) => createProgress(unit, { ...place, isAsked: chosen?.isProgressAsked === true }),
      stream: async (chunk) => {
        if (!isJson && !stdout.write(chunk)) await once(stdout, 'drain');
      },
    };
    const trace = { requestId: newRequestId(), command: command.name };
    const result = await withTrace(trace, () => runCommand(command, call));
    stdout.write(isJson ? asJson(result) : asText(result));
    return result.status ?? 0;
  } catch (error) {
    return fail(describeError(error));
  }
}

/** The commands of one noun, or all of them where `noun` is none: for the help, and to suggest what was meant. */
export async function loadCommands({ nouns }: CommandTable, noun?: string): Promise<Command[]> {
  const wanted = noun !== undefined && Object.hasOwn(nouns, noun) ? [nouns[noun]] : Object.values(nouns);
  const loaded = await Promise.all(wanted.map((each) => each?.load()));
  // A folder may hold the commands of several nouns.
  return [...new Set(loaded.flatMap((module) => [...(module?.commands ?? [])]))];
}

/** Help goes to standard output where it was asked for; everything else that commander writes is kept for one sentence. */
function captureOutput(program: Commander, stdout: Writable, helped: string[]): void {
  for (const each of [program, ...program.commands.flatMap((noun) => [noun, ...noun.commands])]) {
    each.exitOverride();
    each.configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void helped.push(text),
      outputError: () => undefined,
    });
  }
}

function usage(code: string, message: string): DescribedError {
  return { code, message, status: 2, stack: undefined };
}

/** `error: unknown option '-jsn'\n(Did you mean --json?)` as sentences. */
function sentenceOf({ message, code }: CommanderError): string {
  const line = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const end = /[.?!]$/.test(line) ? '' : '.';
  // One dash alone is rarely an option meant: none of ours has a short name.
  const isValue = code === 'commander.unknownOption' && /'-[^-]/.test(message);
  const hint = isValue ? ' A value that begins with a dash goes after `--`.' : '';
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${end}${hint} See: refill --help`;
}

/** Who acts: `--as`, or the account that this process runs under. Throws RefillError `bad-argument`. */
function readOperator(given: string | undefined): string {
  const name = given ?? systemUser();
  if (!/^[\p{L}\p{N}._@+-]{1,64}$/u.test(name))
    throw bad('--as', `takes a name of letters, digits and . _ @ + -, not "${name}"`);
  return name;
}

function systemUser(): string {
  try {
    return userInfo().username.replace(/[^\p{L}\p{N}._@+-]+/gu, '-');
  } catch {
    // A container may run under an account that has no name.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

function asJson({ company, value }: CommandResult): string {
  const whole = company === undefined ? value : { company, ...value };
  return `${JSON.stringify(whole, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))}\n`;
}

/** A company is named with what was done to it, so that a wrong number is seen at once. */
function asText({ company, lines }: CommandResult): string {
  const [only] = lines;
  if (only === undefined) return '';
  if (company === undefined) return lines.map((line) => `${line}\n`).join('');
  const named = `${company.name} (${company.id}):`;
  if (lines.length === 1) return `${named} ${only}\n`;
  return `${named}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
