import { Argument, Command as Commander, Option } from 'commander';
import type { Command } from './command.ts';
import type { Param } from './params.ts';
import type { CommandTable } from './run-cli.ts';

/** The command that was typed, with what was typed for it. */
export interface Dispatch {
  readonly command: Command;
  readonly typed: Record<string, unknown>;
  readonly as: string | undefined;
  readonly isProgressAsked: boolean;
}

/**
 * Commands of the table as a commander program, which parses and writes help. Nothing is required for commander: the frame checks
 * all of a call at once, where commander stops at the first mistake.
 */
export function buildProgram(
  { table, commands, version }: { table: CommandTable; commands: readonly Command[]; version: string },
  onChosen: (dispatch: Dispatch) => void,
): Commander {
  const program = new Commander('refill')
    .description('Refill’s operator command line')
    .version(version)
    .showSuggestionAfterError();
  const groups = new Map<string, Commander>();
  for (const command of commands) {
    const [noun = '', verb] = command.name.split(' ');
    if (verb === undefined) {
      addCommand(program.command(noun), command, onChosen);
      continue;
    }
    const group = groups.get(noun) ?? program.command(noun).description(table.nouns[noun]?.summary ?? '');
    groups.set(noun, group);
    addCommand(group.command(verb), command, onChosen);
  }
  return program;
}

function addCommand(target: Commander, command: Command, onChosen: (dispatch: Dispatch) => void): void {
  target.description(command.summary);
  const params = Object.entries(command.params);
  const byPlace = params.filter(([, { flags }]) => !flags.startsWith('-'));
  const byName = params.filter(([, { flags }]) => flags.startsWith('-'));
  for (const [, param] of byPlace) target.addArgument(argumentOf(param));
  for (const [, param] of byName) target.addOption(optionOf(param));
  target.addOption(new Option('--as <name>', 'who acts, for the audit (default: the system user)'));
  target.addOption(new Option('--json', 'print one JSON value'));
  target.addOption(new Option('--progress', 'say how far it is, where standard error is no terminal'));
  target.action((...given: unknown[]) => {
    const options = target.opts<Record<string, unknown>>();
    const typed = Object.fromEntries([
      ...byPlace.map(([key], place) => [key, given[place]] as const),
      ...byName.map(([key, param]) => [key, options[optionOf(param).attributeName()]] as const),
    ]);
    const as = options.as;
    const isProgressAsked = options.progress === true;
    onChosen({ command, typed, as: typeof as === 'string' ? as : undefined, isProgressAsked });
  });
}

function optionOf(param: Param<unknown>): Option {
  const marks = [
    ...(param.isRequired ? ['required'] : []),
    ...(param.isRepeated ? ['may be repeated'] : []),
    ...(param.fallback === undefined ? [] : [`default: ${param.fallback}`]),
  ];
  const option = new Option(
    param.flags,
    `${param.description}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`,
  );
  if (!param.isRepeated) return option;
  return option.argParser((value: string, before: unknown) => [
    ...(Array.isArray(before) ? before : []),
    value,
  ]);
}

/** Optional for commander in every case, see above. */
function argumentOf(param: Param<unknown>): Argument {
  const name = param.flags.replace(/[<>[\]]/g, '');
  const mark = param.isRequired ? ' (required)' : '';
  return new Argument(`[${name}]`, `${param.description}${mark}`);
}
