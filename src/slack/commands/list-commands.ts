import { findPerson } from '../../org/index.ts';
import { generalCopy } from '../copy/index.ts';
import type { Subcommand } from '../kit/command.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { holds } from '../rights.ts';

/** The commands that this person may use, and no others; for someone without access how to get it. */
export async function listCommands(
  ctx: SlackContext,
  who: Who,
  commands: readonly Subcommand[],
): Promise<string> {
  const person = await findPerson(ctx.db, who);
  const lines = commands.flatMap(({ help }) => help.filter((line) => holds(person, line.for)));
  return [generalCopy.helpTitle, ...lines.map(({ text }) => text)].join('\n');
}
