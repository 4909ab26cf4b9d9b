import { FlowText } from '../text/flow-text.tsx';
import { richTextFlow } from '../text/rich-text.ts';
import { Plain } from '../text/text-object.tsx';
import { type Json, textOf } from './shape.ts';

/** What one cell of a table shows. */
export function Cell({ cell }: { cell: Json }) {
  if (cell.type === 'rich_text') return <FlowText flows={richTextFlow(cell)} />;
  return <Plain text={textOf(cell.text)} />;
}
