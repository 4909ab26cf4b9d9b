import { useMemo } from 'preact/hooks';
import { FlowText } from '../text/flow-text.tsx';
import { parseMarkdown } from '../text/markdown.ts';
import { richTextFlow } from '../text/rich-text.ts';
import type { BlockProps } from './block-list.tsx';
import { textOf } from './shape.ts';

export function MarkdownBlock({ block }: BlockProps) {
  const flows = useMemo(() => parseMarkdown(textOf(block.text)), [block.text]);
  return (
    <div class="flow">
      <FlowText flows={flows} />
    </div>
  );
}

export function RichTextBlock({ block }: BlockProps) {
  const flows = useMemo(() => richTextFlow(block), [block]);
  return (
    <div class="flow">
      <FlowText flows={flows} />
    </div>
  );
}
