/** The state of all inputs of a view or message, and the checks that Slack's own client makes before it submits. */
import { type ElementState, heldValue, initialState, stateFrom } from './element-state.ts';
import { isObject, type Json, lengthOf } from './shapes.ts';
import { placedElements } from './walk-elements.ts';

/** block_id → action_id → state, as in `view.state.values`. */
export type BlockState = Record<string, Record<string, ElementState>>;

const statesOf = (
  blocks: readonly Json[],
  choose: (element: Json, blockId: string, actionId: string) => ElementState | undefined,
): BlockState => {
  const all: BlockState = {};
  for (const { block, element } of placedElements(blocks)) {
    const blockId = String(block.block_id);
    const actionId = String(element.action_id);
    const chosen = choose(element, blockId, actionId);
    if (chosen !== undefined) all[blockId] = { ...all[blockId], [actionId]: chosen };
  }
  return all;
};

/** The state of blocks as first shown; of elements that were there before (same ids and type), what they held. */
export function startState(blocks: readonly Json[], before: BlockState = {}): BlockState {
  return statesOf(blocks, (element, blockId, actionId) => {
    const held = before[blockId]?.[actionId];
    return held?.type === element.type ? held : initialState(element);
  });
}

/** The state after a person's input; what is not of these blocks, or not possible in them, is dropped. */
export function mergeState(blocks: readonly Json[], before: BlockState, input: unknown): BlockState {
  const given = isObject(input) ? input : {};
  return statesOf(blocks, (element, blockId, actionId) => {
    const block = given[blockId];
    const raw = isObject(block) && actionId in block ? block[actionId] : undefined;
    const held = before[blockId]?.[actionId] ?? initialState(element);
    return raw === undefined ? held : (stateFrom(element, raw) ?? held);
  });
}

const asNumber = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN);
const given = (value: unknown) => typeof value === 'string' || typeof value === 'number';

function numberFault(element: Json, text: string): string | undefined {
  const number = asNumber(text);
  if (Number.isNaN(number)) return 'Please enter a valid number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (given(element.min_value) && number < Number(element.min_value)) {
    return `Please enter a number greater than or equal to ${String(element.min_value)}.`;
  }
  if (given(element.max_value) && number > Number(element.max_value)) {
    return `Please enter a number less than or equal to ${String(element.max_value)}.`;
  }
  return undefined;
}

function textFault(element: Json, text: string): string | undefined {
  const length = lengthOf(text);
  if (typeof element.min_length === 'number' && length < element.min_length) {
    return `Please enter at least ${element.min_length} characters.`;
  }
  const max = typeof element.max_length === 'number' ? element.max_length : 3000;
  return length > max ? `Please enter no more than ${max} characters.` : undefined;
}

const typedFaults: Readonly<Record<string, (element: Json, text: string) => string | undefined>> = {
  plain_text_input: textFault,
  number_input: numberFault,
  email_text_input: (_, text) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : 'Please enter a valid email address.',
  url_text_input: (_, text) => (URL.canParse(text) ? undefined : 'Please enter a valid URL.'),
};

/** What Slack's client says under the fields that it does not let through: block id → sentence. */
export function inputFaults(blocks: readonly Json[], state: BlockState): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const { block, element } of placedElements(blocks)) {
    if (block.type !== 'input') continue;
    const blockId = String(block.block_id);
    const value = heldValue(element, state[blockId]?.[String(element.action_id)]);
    if (value === null) {
      if (block.optional !== true) faults[blockId] = 'Please complete this required field.';
      continue;
    }
    const says = typeof value === 'string' ? typedFaults[String(element.type)]?.(element, value) : undefined;
    if (says !== undefined) faults[blockId] = says;
  }
  return faults;
}
