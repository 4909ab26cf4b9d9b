import { TextObject } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { Picture } from './picture.tsx';
import { listOf } from './shape.ts';

export function ContextBlock({ block }: BlockProps) {
  return (
    <div class="context">
      {listOf(block.elements).map((element, index) =>
        element.type === 'image' ? (
          <Picture key={index} picture={element} kind="tiny" />
        ) : (
          <div key={index} class="context-words">
            <TextObject value={element} />
          </div>
        ),
      )}
    </div>
  );
}
