import { Element } from '../elements/element.tsx';
import type { BlockProps } from './block-list.tsx';
import { listOf, textOf } from './shape.ts';

export function ActionsBlock({ block, blockId }: BlockProps) {
  return (
    <div class="actions">
      {listOf(block.elements).map((element, index) => (
        <Element
          key={textOf(element.action_id) || String(index)}
          element={element}
          blockId={blockId}
          dispatches
        />
      ))}
    </div>
  );
}
