/** Which slash commands fit what has been typed so far, and what Enter and Tab make of them. Pure. */
import type { SlashHint } from '../../protocol.ts';

/** Hints for a draft: all for `/`, those that begin as typed, and the command whose arguments are being typed. */
export function matchHints(hints: readonly SlashHint[], draft: string): SlashHint[] {
  if (!draft.startsWith('/') || draft.includes('\n')) return [];
  const typed = draft.toLowerCase();
  const starting = hints.filter((hint) => hint.command.toLowerCase().startsWith(typed.trimEnd()));
  if (starting.length > 0) return starting;
  const inUse = hints.filter((hint) => typed.startsWith(`${hint.command.toLowerCase()} `));
  const longest = Math.max(0, ...inUse.map((hint) => hint.command.length));
  return inUse.filter((hint) => hint.command.length === longest);
}

/** The draft with a hint taken over: ready for arguments when there may be some. */
export const completeHint = (hint: SlashHint): string => `${hint.command} `;

/**
 * Whether Enter takes over the hint (true) or sends the draft (false). What is already a whole command is sent, unless
 * the person has moved to another hint with the arrows.
 */
export function enterCompletes(
  hints: readonly SlashHint[],
  draft: string,
  active: number,
  hasMoved: boolean,
): boolean {
  const hint = hints[active];
  if (hint === undefined) return false;
  const typed = draft.trimEnd().toLowerCase();
  const command = hint.command.toLowerCase();
  if (typed === command || typed.startsWith(`${command} `)) return false;
  return hasMoved || !hints.some((each) => each.command.toLowerCase() === typed);
}
