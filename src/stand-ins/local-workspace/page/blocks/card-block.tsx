import { Element } from '../elements/element.tsx';
import { TextObject } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { Picture } from './picture.tsx';
import { listOf, objectOf, textOf } from './shape.ts';

export function CardBlock({ block, blockId }: BlockProps) {
  const hero = objectOf(block.hero_image);
  const icon = objectOf(block.icon);
  const actions = listOf(block.actions);
  return (
    <div class="card">
      {hero && <Picture picture={hero} kind="hero" />}
      <div class="card-body">
        <div class="card-head">
          {icon && <Picture picture={icon} kind="tiny" />}
          <div>
            {block.title !== undefined && (
              <div class="card-title">
                <TextObject value={block.title} />
              </div>
            )}
            {block.subtitle !== undefined && (
              <div class="card-more">
                <TextObject value={block.subtitle} />
              </div>
            )}
          </div>
        </div>
        {block.body !== undefined && (
          <div>
            <TextObject value={block.body} />
          </div>
        )}
        {block.subtext !== undefined && (
          <div class="card-more">
            <TextObject value={block.subtext} />
          </div>
        )}
        {actions.length > 0 && (
          <div class="actions">
            {actions.map((element, index) => (
              <Element
                key={textOf(element.action_id) || String(index)}
                element={element}
                blockId={blockId}
                dispatches
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
