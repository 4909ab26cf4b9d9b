import { Plain } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { Picture } from './picture.tsx';
import { plainTextOf } from './shape.ts';

export function ImageBlock({ block }: BlockProps) {
  const title = plainTextOf(block.title);
  return (
    <figure class="image-block">
      {title !== '' && (
        <figcaption>
          <Plain text={title} />
        </figcaption>
      )}
      <Picture picture={block} kind="full" />
    </figure>
  );
}
