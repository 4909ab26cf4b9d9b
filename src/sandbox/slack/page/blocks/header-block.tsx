import { Plain } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { wordsOf } from './shape.ts';

export function HeaderBlock({ block }: BlockProps) {
  return (
    <h3 class="header-block">
      <Plain text={wordsOf(block.text)} />
    </h3>
  );
}
