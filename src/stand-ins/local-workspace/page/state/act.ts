/** What the acting person does: each act is sent once while it is under way. */

import { inputFaults } from '../../blocks/view-state.ts';
import type { ActionContainer, WorldAct } from '../../protocol.ts';
import type { Json } from '../blocks/shape.ts';
import { api, type ElementUse } from './api.ts';
import type { OpenView } from './state.ts';
import { session, store } from './store.ts';
import { showResult } from './toasts.ts';
import { noteDeed } from './tour.ts';

const meId = (): string => session()?.me.id ?? '';

/** Says something, or gives a command when it begins with a slash. @returns whether it was taken */
export async function send(conversation: string, text: string): Promise<boolean> {
  const isCommand = text.startsWith('/');
  const isTaken = showResult(await (isCommand ? api.command : api.say)(meId(), conversation, text));
  if (isTaken && isCommand) noteDeed({ kind: 'command', text });
  return isTaken;
}

export const dismissMessage = async (conversation: string, ts: string): Promise<boolean> =>
  showResult(await api.dismiss(meId(), conversation, ts));

export async function playWorld(act: WorldAct): Promise<boolean> {
  const isDone = showResult(await api.world(act));
  if (isDone) noteDeed({ kind: 'simulation', act });
  return isDone;
}

export const applyElement = async (use: ElementUse): Promise<boolean> => {
  const result = await api.action(meId(), use);
  if (!result.ok && 'fieldErrors' in result && use.container.kind === 'view') {
    changeView(use.container.viewId, (open) => ({ ...open, errors: result.fieldErrors }));
  }
  return showResult(result);
};

/** The options of a list that only the app knows; a failure is shown, and offers none. */
export async function askOptions(asked: {
  container: ActionContainer;
  blockId: string;
  actionId: string;
  typed: string;
}): Promise<Json[]> {
  const result = await api.options(meId(), asked);
  if (result.ok) return result.options;
  showResult(result);
  return [];
}

/** Changes one modal of the stack, if it is still there. */
export function changeView(viewId: string, change: (open: OpenView) => OpenView): void {
  store.set((state) => ({
    ...state,
    views: state.views.map((open) => (open.view.id === viewId ? change(open) : open)),
  }));
}

/** Submits a modal unless a field is wrong; wrong fields are told under them. @returns whether it was taken */
export async function submitView({ view, state }: OpenView): Promise<boolean> {
  const faults = inputFaults(view.blocks, state as Parameters<typeof inputFaults>[1]);
  changeView(view.id, (open) => ({ ...open, errors: faults }));
  if (Object.keys(faults).length > 0) return false;
  const result = await api.submit(meId(), view.id, state);
  if (!result.ok && 'fieldErrors' in result) {
    changeView(view.id, (open) => ({ ...open, errors: result.fieldErrors }));
  }
  return showResult(result);
}

export const closeView = async (viewId: string, all: boolean): Promise<boolean> =>
  showResult(await api.close(meId(), viewId, all));
