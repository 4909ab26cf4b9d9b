import type { ComponentType } from 'preact';
import type { Block } from '../../protocol.ts';
import { ActionsBlock } from './actions-block.tsx';
import { AlertBlock } from './alert-block.tsx';
import { CardBlock } from './card-block.tsx';
import { ChartBlock } from './chart-block.tsx';
import { ContextBlock } from './context-block.tsx';
import { DataTableBlock } from './data-table-block.tsx';
import { HeaderBlock } from './header-block.tsx';
import { ImageBlock } from './image-block.tsx';
import { InputBlock } from './input-block.tsx';
import { SectionBlock } from './section-block.tsx';
import { TableBlock } from './table-block.tsx';
import { MarkdownBlock, RichTextBlock } from './text-blocks.tsx';

export interface BlockProps {
  block: Block;
  blockId: string;
}

const kinds: Readonly<Record<string, ComponentType<BlockProps>>> = {
  section: SectionBlock,
  header: HeaderBlock,
  divider: () => <hr class="divider" />,
  context: ContextBlock,
  actions: ActionsBlock,
  image: ImageBlock,
  input: InputBlock,
  rich_text: RichTextBlock,
  markdown: MarkdownBlock,
  table: TableBlock,
  data_table: DataTableBlock,
  data_visualization: ChartBlock,
  alert: AlertBlock,
  card: CardBlock,
};

function AnyBlock({ block, blockId }: BlockProps) {
  const Kind = Object.hasOwn(kinds, block.type) ? kinds[block.type] : undefined;
  if (Kind !== undefined) return <Kind block={block} blockId={blockId} />;
  return (
    <p class="unknown" data-unknown-block={block.type}>
      This workspace can’t draw a block of the type “{block.type}” yet.
    </p>
  );
}

/** Blocks in their order. Ids are kept as keys, so that an update in place leaves what is typed alone. */
export function BlockList({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div class="blocks">
      {blocks.map((block, index) => {
        const blockId = block.block_id ?? `b${index}`;
        return <AnyBlock key={`${block.type}:${blockId}`} block={block} blockId={blockId} />;
      })}
    </div>
  );
}
