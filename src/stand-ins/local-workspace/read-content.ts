/** Reading what an app wants to show (text, blocks, views) out of untrusted JSON, as strictly as Slack. */
import {
  completeBlocks,
  describeFault,
  faultsOfMessage,
  faultsOfView,
  isObject,
  type Json,
  viewTooLarge,
} from './blocks/index.ts';
import type { Block } from './protocol.ts';
import { invalidArguments, invalidBlocks, SlackError } from './slack-error.ts';
import type { ViewBody } from './store/views.ts';

const MAX_TEXT = 40_000;

/** JSON that came as text in a form, or as itself in a JSON body; undefined when it is neither. */
export function jsonValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** @returns completed blocks, or undefined when none were given; @throws SlackError `invalid_blocks[_format]` */
export function readBlocks(given: unknown): Json[] | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const blocks = jsonValue(given);
  if (!Array.isArray(blocks)) throw new SlackError('invalid_blocks_format');
  const faults = faultsOfMessage(blocks);
  if (faults.length > 0) throw invalidBlocks(faults.map(describeFault));
  return completeBlocks(blocks);
}

/** @returns the text, empty when none was given; @throws SlackError `msg_too_long` */
export function readText(given: unknown): string {
  const text = typeof given === 'string' ? given : '';
  if (text.length > MAX_TEXT) throw new SlackError('msg_too_long');
  return text;
}

/** Text and blocks of a new message. @throws SlackError `no_text` when there is neither */
export function readContent(given: Json): { text: string; blocks: Json[] } {
  const attachments = jsonValue(given.attachments);
  if (attachments !== undefined && !(Array.isArray(attachments) && attachments.length === 0)) {
    throw invalidArguments('attachments are not imitated by this workspace: use blocks');
  }
  const text = readText(given.text);
  const blocks = readBlocks(given.blocks) ?? [];
  if (text === '' && blocks.length === 0) throw new SlackError('no_text');
  return { text, blocks };
}

/** A view as an app sent it, completed. @throws SlackError `invalid_arguments`, `view_too_large` */
export function readView(given: unknown, surface: 'modal' | 'home'): ViewBody {
  const view = jsonValue(given);
  if (given === undefined || given === '') throw invalidArguments('missing required field: view');
  if (!isObject(view)) throw invalidArguments('must provide an object [json-pointer:/view]');
  if (viewTooLarge(view)) throw new SlackError('view_too_large');
  const faults = faultsOfView(view, surface);
  if (faults.length > 0) throw invalidArguments(...faults.map(describeFault));
  const texts = Object.fromEntries(
    ['title', 'submit', 'close'].flatMap((key) => {
      const text = view[key];
      return isObject(text) ? [[key, { emoji: true, ...text }]] : [];
    }),
  );
  const blocks = completeBlocks(Array.isArray(view.blocks) ? view.blocks : []) as Block[];
  return { ...view, ...texts, type: surface, blocks };
}
