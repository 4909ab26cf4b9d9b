import { ScrollRegion } from '../app/scroll-region.tsx';
import type { Align, Flow } from './inline.ts';
import { InlineText } from './inline-text.tsx';

const HEADINGS = ['h3', 'h4', 'h5', 'h6'] as const;

function Heading({ flow }: { flow: Flow & { kind: 'heading' } }) {
  const Tag = HEADINGS[Math.min(flow.level, HEADINGS.length) - 1] ?? 'h6';
  return (
    <Tag class={`flow-heading flow-heading-${Math.min(flow.level, 3)}`}>
      <InlineText nodes={flow.children} />
    </Tag>
  );
}

function List({ flow }: { flow: Flow & { kind: 'list' } }) {
  const items = flow.items.map((item, index) => (
    <li key={index} class={item[0]?.kind === 'list' ? 'flow-nested' : undefined}>
      <FlowText flows={item} />
    </li>
  ));
  return flow.ordered ? (
    <ol class="flow-list" start={flow.start}>
      {items}
    </ol>
  ) : (
    <ul class="flow-list">{items}</ul>
  );
}

function Grid({ flow }: { flow: Flow & { kind: 'grid' } }) {
  const align = (index: number): Align => flow.aligns[index] ?? 'left';
  return (
    <ScrollRegion class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            {flow.head.map((cell, index) => (
              <th key={index} scope="col" class={`align-${align(index)}`}>
                <InlineText nodes={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {flow.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index} class={`align-${align(index)}`}>
                  <InlineText nodes={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Part({ flow }: { flow: Flow }) {
  switch (flow.kind) {
    case 'paragraph':
      return (
        <p class="flow-paragraph">
          <InlineText nodes={flow.children} />
        </p>
      );
    case 'heading':
      return <Heading flow={flow} />;
    case 'pre':
      return (
        <pre class="flow-pre">
          <code>{flow.text}</code>
        </pre>
      );
    case 'quote':
      return (
        <blockquote class="flow-quote">
          <FlowText flows={flow.children} />
        </blockquote>
      );
    case 'list':
      return <List flow={flow} />;
    case 'rule':
      return <hr class="divider" />;
    case 'grid':
      return <Grid flow={flow} />;
  }
}

/** Parsed text that may hold paragraphs, lists, quotes and code. */
export function FlowText({ flows }: { flows: readonly Flow[] }) {
  return (
    <>
      {flows.map((flow, index) => (
        <Part key={index} flow={flow} />
      ))}
    </>
  );
}
