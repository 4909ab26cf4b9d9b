/** The rules of whole messages and whole views: counts, sizes, and what must be unique among blocks. */
import { plainText, selectOption } from './composition.ts';
import { anyBlock } from './layout.ts';
import {
  boolean,
  type Check,
  type Fault,
  type Field,
  fault,
  isObject,
  lengthOf,
  list,
  object,
  optional,
  required,
  type Surface,
  string,
  type Walk,
} from './shapes.ts';
import { placedElements } from './walk-elements.ts';

const MAX_VIEW_BYTES = 250_000;
const MAX_MARKDOWN_CHARACTERS = 12_000;

/** How many blocks of a type one message may have. */
const AT_MOST_PER_MESSAGE: Readonly<Record<string, number>> = { table: 1, data_visualization: 2 };

function uniqueIds(blocks: readonly unknown[], at: string, walk: Walk): void {
  const blockIds = new Set<string>();
  blocks.forEach((block, index) => {
    if (!isObject(block) || typeof block.block_id !== 'string' || block.block_id === '') return;
    if (blockIds.has(block.block_id)) {
      fault(walk, `\`block_id\` already exists: ${block.block_id}`, `${at}/${index}/block_id`);
    }
    blockIds.add(block.block_id);
  });
  const actionIds = new Set<string>();
  for (const placed of placedElements(blocks)) {
    if (typeof placed.element.action_id !== 'string' || placed.element.action_id === '') continue;
    const key = `${placed.blockIndex} ${placed.element.action_id}`;
    if (actionIds.has(key)) {
      fault(walk, `\`action_id\` already exists: ${placed.element.action_id}`, `${at}${placed.at}/action_id`);
    }
    actionIds.add(key);
  }
}

function oneFocus(blocks: readonly unknown[], at: string, walk: Walk): void {
  const focused = placedElements(blocks).filter(({ element }) => element.focus_on_load === true);
  for (const extra of focused.slice(1)) {
    fault(walk, 'only one element can have `focus_on_load` set to true', `${at}${extra.at}/focus_on_load`);
  }
}

function messageTotals(blocks: readonly unknown[], at: string, walk: Walk): void {
  for (const [type, most] of Object.entries(AT_MOST_PER_MESSAGE)) {
    const count = blocks.filter((block) => isObject(block) && block.type === type).length;
    if (count > most) fault(walk, `no more than ${most} ${type} blocks allowed`, at);
  }
  const markdown = blocks.reduce<number>(
    (sum, block) =>
      isObject(block) && block.type === 'markdown' && typeof block.text === 'string'
        ? sum + lengthOf(block.text)
        : sum,
    0,
  );
  if (markdown > MAX_MARKDOWN_CHARACTERS) {
    fault(walk, `must be less than ${MAX_MARKDOWN_CHARACTERS + 1} characters in all markdown blocks`, at);
  }
}

const blocksOf =
  (max: number): Check =>
  (value, at, walk) => {
    list(anyBlock, { max })(value, at, walk);
    if (!Array.isArray(value)) return;
    uniqueIds(value, at, walk);
    if (walk.surface === 'message') messageTotals(value, at, walk);
    else oneFocus(value, at, walk);
  };

const messageBlocks = blocksOf(50);
const viewBlocks = required(blocksOf(100));

/** @returns why Slack would refuse these blocks in a message; empty when it would take them */
export function faultsOfMessage(blocks: unknown): Fault[] {
  const walk: Walk = { surface: 'message', faults: [] };
  messageBlocks(blocks, '/blocks', walk);
  return walk.faults;
}

const viewFields: Record<string, Field> = {
  type: required(string()),
  blocks: viewBlocks,
  private_metadata: optional(string({ max: 3000 })),
  callback_id: optional(string({ max: 255 })),
  external_id: optional(string({ max: 255 })),
};

const inputsNeedSubmit: Check = (value, at, walk) => {
  if (!isObject(value) || !Array.isArray(value.blocks) || isObject(value.submit)) return;
  value.blocks.forEach((block, index) => {
    if (!isObject(block) || block.type !== 'input') return;
    fault(walk, 'must define `submit` to use `input` block', `${at}/blocks/${index}/input`);
  });
};

const modal = object({
  ...viewFields,
  title: required(plainText(24)),
  submit: optional(plainText(24)),
  close: optional(plainText(24)),
  clear_on_close: optional(boolean),
  notify_on_close: optional(boolean),
});
const home = object(viewFields);

/**
 * @param surface what the method expects: `modal` for views.open, push and modal updates, `home` for views.publish
 * @returns why Slack would refuse this view; empty when it would take it
 */
export function faultsOfView(view: unknown, surface: Exclude<Surface, 'message'>): Fault[] {
  const walk: Walk = { surface, faults: [] };
  if (isObject(view) && view.type !== undefined && view.type !== surface) {
    fault(walk, `unsupported type: ${String(view.type)}`, '/view/type');
    return walk.faults;
  }
  (surface === 'modal' ? modal : home)(view, '/view', walk);
  if (surface === 'modal') inputsNeedSubmit(view, '/view', walk);
  return walk.faults;
}

/** Whether a view is over the 250 kB that Slack takes. */
export const viewTooLarge = (view: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(view)) > MAX_VIEW_BYTES;

/** A fault as Slack writes it into `response_metadata.messages`, without the level. */
export const describeFault = ({ reason, pointer }: Fault): string => `${reason} [json-pointer:${pointer}]`;

/** Why Slack would refuse a list of options that an app sends for a menu; none: it takes them. */
export function optionListFaults(options: unknown): Fault[] {
  const walk: Walk = { surface: 'modal', faults: [] };
  list(selectOption, { max: 100 })(options, '/options', walk);
  return walk.faults;
}
