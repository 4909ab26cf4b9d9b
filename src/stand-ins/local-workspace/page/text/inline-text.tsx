import type { ComponentChildren } from 'preact';
import { useDirectory } from '../app/directory.ts';
import { fillDateFormat } from './date-token.ts';
import { type Inline, isSafeUrl } from './inline.ts';

function Mention({ id }: { id: string }) {
  const { user, me } = useDirectory();
  return <span class={id === me.id ? 'mention mention-me' : 'mention'}>@{user(id)?.realName ?? id}</span>;
}

function ChannelLink({ id, name }: { id: string; name: string | null }) {
  const { channel, open } = useDirectory();
  const found = channel(id);
  if (found === undefined) return <span class="mention">#{name ?? 'private-channel'}</span>;
  return (
    <button type="button" class="mention mention-link" onClick={() => open(id)}>
      #{found.name}
    </button>
  );
}

function DateText({ node }: { node: Inline & { kind: 'date' } }) {
  const { now, zone } = useDirectory();
  const text = fillDateFormat(node.format, node.epochSeconds, now(), zone) || node.fallback;
  const time = <time dateTime={new Date(node.epochSeconds * 1000).toISOString()}>{text}</time>;
  return node.url !== null && isSafeUrl(node.url) ? <ExternalLink url={node.url}>{time}</ExternalLink> : time;
}

function ExternalLink({ url, children }: { url: string; children: ComponentChildren }) {
  return (
    <a class="link" href={url} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

function Node({ node }: { node: Inline }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'bold':
      return (
        <strong>
          <InlineText nodes={node.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <InlineText nodes={node.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <InlineText nodes={node.children} />
        </s>
      );
    case 'underline':
      return (
        <u>
          <InlineText nodes={node.children} />
        </u>
      );
    case 'highlight':
      return (
        <mark>
          <InlineText nodes={node.children} />
        </mark>
      );
    case 'code':
      return <code class="code">{node.text}</code>;
    case 'link':
      return (
        <ExternalLink url={node.url}>
          <InlineText nodes={node.children} />
        </ExternalLink>
      );
    case 'user':
      return <Mention id={node.id} />;
    case 'channel':
      return <ChannelLink id={node.id} name={node.name} />;
    case 'group':
      return <span class="mention">{node.name}</span>;
    case 'broadcast':
      return <span class="mention mention-me">@{node.range}</span>;
    case 'date':
      return <DateText node={node} />;
    case 'emoji':
      return (
        <span class="emoji" role="img" aria-label={node.name.replaceAll('_', ' ')}>
          {node.unicode}
        </span>
      );
    case 'color':
      return <code class="code">{node.value}</code>;
    case 'break':
      return <br />;
  }
}

/** A run of parsed text. */
export function InlineText({ nodes }: { nodes: readonly Inline[] }) {
  return (
    <>
      {nodes.map((node, index) => (
        <Node key={index} node={node} />
      ))}
    </>
  );
}
