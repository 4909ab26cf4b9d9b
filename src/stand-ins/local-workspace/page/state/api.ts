/** The page's calls to its server. Whatever goes wrong comes back as a sentence to show, never as an exception. */
import type {
  ActionContainer,
  ActResult,
  Block,
  Bootstrap,
  Message,
  OptionsResult,
  StateValues,
  WorldAct,
} from '../../protocol.ts';

const UNREACHABLE = 'The workspace can’t be reached. Look again in a moment before you repeat this.';

async function read<T>(path: string, query: Record<string, string>): Promise<T> {
  const response = await fetch(`/workspace/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new UnknownHere(response.status);
  return (await response.json()) as T;
}

/** The server answered, but not with what was asked for. */
export class UnknownHere extends Error {
  constructor(readonly status: number) {
    super(`The workspace answered with status ${status}`);
  }
}

async function act<T = ActResult>(path: string, body: object): Promise<T | { ok: false; toast: string }> {
  try {
    const response = await fetch(`/workspace/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) return { ok: false, toast: 'The workspace had trouble with that. Try again.' };
    return (await response.json()) as T;
  } catch {
    return { ok: false, toast: UNREACHABLE };
  }
}

/** One use of an element: which one, what it holds, and the state of everything around it. */
export interface ElementUse {
  container: ActionContainer;
  blockId: string;
  actionId: string;
  value: unknown;
  state: StateValues;
}

export const api = {
  bootstrap: (as: string) => read<Bootstrap>('bootstrap', { as }),
  messages: (as: string, conversation: string) => read<Message[]>('messages', { as, conversation }),
  home: (as: string) => read<Block[]>('home', { as }),
  say: (as: string, conversation: string, text: string) => act('say', { as, conversation, text }),
  command: (as: string, conversation: string, text: string) => act('command', { as, conversation, text }),
  action: (as: string, use: ElementUse) => act('action', { as, ...use }),
  options: (
    as: string,
    asked: { container: ActionContainer; blockId: string; actionId: string; typed: string },
  ) => act<OptionsResult>('options', { as, ...asked }),
  submit: (as: string, viewId: string, state: StateValues) => act('submit', { as, viewId, state }),
  close: (as: string, viewId: string, all: boolean) => act('close', { as, viewId, all }),
  dismiss: (as: string, conversation: string, ts: string) => act('dismiss', { as, conversation, ts }),
  world: (worldAct: WorldAct) => act('world', { act: worldAct }),
};
