import { Element } from '../elements/element.tsx';
import { TextObject } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { Picture } from './picture.tsx';
import { type Json, listOf, objectOf } from './shape.ts';

function Accessory({ element, blockId }: { element: Json; blockId: string }) {
  if (element.type === 'image') return <Picture picture={element} kind="thumb" />;
  return <Element element={element} blockId={blockId} dispatches />;
}

export function SectionBlock({ block, blockId }: BlockProps) {
  const accessory = objectOf(block.accessory);
  const fields = listOf(block.fields);
  return (
    <div class="section">
      <div class="section-words">
        {block.text !== undefined && <TextObject value={block.text} />}
        {fields.length > 0 && (
          <div class="section-fields">
            {fields.map((field, index) => (
              <div key={index}>
                <TextObject value={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="section-accessory">
          <Accessory element={accessory} blockId={blockId} />
        </div>
      )}
    </div>
  );
}
