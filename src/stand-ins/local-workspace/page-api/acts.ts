/** The page's POSTs: each body is parsed, then handed to the act of its name. */
import { z } from 'zod';
import { closeView } from '../people/close-view.ts';
import { dismiss, postText } from '../people/post-text.ts';
import { runCommand } from '../people/run-command.ts';
import { submitView } from '../people/submit-view.ts';
import { suggestOptions } from '../people/suggest-options.ts';
import { useElement } from '../people/use-element.ts';
import type { ActResult, OptionsResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import type { Workspace } from '../workspace.ts';
import { playWorld } from './play-world.ts';

const state = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const spoken = z.object({ as: z.string(), conversation: z.string(), text: z.string() });

const container = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), conversationId: z.string(), ts: z.string() }),
  z.object({ kind: z.literal('view'), viewId: z.string() }),
  z.object({ kind: z.literal('home') }),
]);

const worldAct = z.discriminatedUnion('type', [
  z.object({ type: z.literal('advance'), ms: z.number().positive() }),
  z.object({ type: z.literal('card'), behaviour: z.string() }),
  z.object({ type: z.literal('dispute'), event: z.enum(['open', 'won', 'lost']) }),
  z.object({ type: z.literal('phone'), happening: z.string() }),
  z.object({ type: z.literal('network'), slackDown: z.boolean(), processorDown: z.boolean() }),
]);

type Act = (workspace: Workspace, body: unknown) => Promise<ActResult | OptionsResult>;

const act =
  <T>(
    schema: z.ZodType<T>,
    run: (workspace: Workspace, input: T) => Promise<ActResult | OptionsResult>,
  ): Act =>
  async (workspace, body) => {
    const parsed = schema.safeParse(body);
    return parsed.success ? run(workspace, parsed.data) : { ok: false, toast: slackText.badRequest };
  };

/** Every act by the last part of its path below `/workspace/`. */
export const acts: Readonly<Record<string, Act>> = {
  say: act(spoken, postText),
  command: act(spoken, runCommand),
  action: act(
    z.object({
      as: z.string(),
      container,
      blockId: z.string(),
      actionId: z.string(),
      value: z.unknown().optional(),
      state: state.nullish().transform((given) => given ?? {}),
    }),
    useElement,
  ),
  options: act(
    z.object({
      as: z.string(),
      container,
      blockId: z.string(),
      actionId: z.string(),
      typed: z.string(),
    }),
    suggestOptions,
  ),
  submit: act(z.object({ as: z.string(), viewId: z.string(), state }), submitView),
  close: act(z.object({ as: z.string(), viewId: z.string(), all: z.boolean() }), closeView),
  dismiss: act(z.object({ as: z.string(), conversation: z.string(), ts: z.string() }), dismiss),
  world: act(z.object({ act: worldAct }), (workspace, input) => playWorld(workspace, input.act)),
};
