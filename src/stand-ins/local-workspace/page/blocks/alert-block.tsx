import { CheckIcon, InfoIcon, WarnIcon } from '../app/icons.tsx';
import { TextObject } from '../text/text-object.tsx';
import type { BlockProps } from './block-list.tsx';
import { textOf } from './shape.ts';

const LEVELS = ['default', 'info', 'warning', 'error', 'success'];

export function AlertBlock({ block }: BlockProps) {
  const given = textOf(block.level, 'default');
  const level = LEVELS.includes(given) ? given : 'default';
  const icon =
    level === 'success' ? (
      <CheckIcon />
    ) : level === 'warning' || level === 'error' ? (
      <WarnIcon />
    ) : (
      <InfoIcon />
    );
  return (
    <div class={`alert alert-${level}`} role={level === 'error' ? 'alert' : 'status'}>
      {icon}
      <div>
        <TextObject value={block.text} />
      </div>
    </div>
  );
}
