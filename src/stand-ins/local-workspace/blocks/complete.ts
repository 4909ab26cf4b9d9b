/** What Slack adds to blocks that it has accepted: ids that were left out, and defaults of texts. */
import { randomBytes } from 'node:crypto';
import { isObject, type Json } from './shapes.ts';
import { placedElements } from './walk-elements.ts';

/** An id as Slack makes them for blocks and actions: five base64 characters. */
const newId = (): string => randomBytes(4).toString('base64').slice(0, 5);

const TEXT_DEFAULTS: Readonly<Record<string, Json>> = {
  plain_text: { emoji: true },
  mrkdwn: { verbatim: false },
};

function withTextDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTextDefaults);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== undefined)
      .map(([key, each]) => [key, withTextDefaults(each)]),
  );
  const defaults = typeof value.type === 'string' ? TEXT_DEFAULTS[value.type] : undefined;
  return defaults !== undefined && typeof value.text === 'string' ? { ...defaults, ...copy } : copy;
}

/** A copy of accepted blocks with generated block and action ids, as Slack stores and returns them. */
export function completeBlocks(blocks: readonly unknown[]): Json[] {
  const copies = blocks.map(withTextDefaults).filter(isObject);
  const taken = new Set(copies.map((block) => block.block_id));
  for (const block of copies) {
    if (typeof block.block_id === 'string' && block.block_id !== '') continue;
    let id = newId();
    while (taken.has(id)) id = newId();
    taken.add(id);
    block.block_id = id;
  }
  for (const { element } of placedElements(copies)) {
    if (typeof element.action_id !== 'string' || element.action_id === '') element.action_id = newId();
  }
  return copies;
}
