import { Plain } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { plainTextOf } from './shape.ts';

export function HeaderBlock({ block }: BlockProps) {
  return (
    <h3 class="header-block">
      <Plain text={plainTextOf(block.text)} />
    </h3>
  );
}
