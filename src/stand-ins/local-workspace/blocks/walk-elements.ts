/** Finding the interactive elements of blocks. */
import { isObject, type Json } from './shapes.ts';

/** An interactive element and the block it stands in. */
export interface Placed {
  block: Json;
  blockIndex: number;
  element: Json;
  /** JSON pointer of the element, from the list of blocks. */
  at: string;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Every element of these blocks that may have an action_id, in reading order. */
export function placedElements(blocks: readonly unknown[]): Placed[] {
  return blocks.flatMap((block, blockIndex) => {
    if (!isObject(block)) return [];
    const candidates: [unknown, string][] = [
      [block.accessory, 'accessory'],
      [block.element, 'element'],
      ...(block.type === 'actions' ? listOf(block.elements) : []).map((element, index): [unknown, string] => [
        element,
        `elements/${index}`,
      ]),
      ...(block.type === 'card' ? listOf(block.actions) : []).map((element, index): [unknown, string] => [
        element,
        `actions/${index}`,
      ]),
    ];
    return candidates.flatMap(([element, path]) =>
      isObject(element) && element.type !== 'image'
        ? [{ block, blockIndex, element, at: `/${blockIndex}/${path}` }]
        : [],
    );
  });
}
