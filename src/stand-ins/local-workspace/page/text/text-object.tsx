import { useMemo } from 'preact/hooks';
import { isObject, plainTextOf } from '../blocks/shape.ts';
import { FlowText } from './flow-text.tsx';
import { InlineText } from './inline-text.tsx';
import { parseMrkdwn } from './mrkdwn.ts';
import { parsePlain } from './plain.ts';

/** mrkdwn text, as messages have it. */
export function Mrkdwn({ text }: { text: string }) {
  const flows = useMemo(() => parseMrkdwn(text), [text]);
  return <FlowText flows={flows} />;
}

/** Plain text: only emoji shortcodes and line breaks mean something. */
export function Plain({ text }: { text: string }) {
  const nodes = useMemo(() => parsePlain(text), [text]);
  return <InlineText nodes={nodes} />;
}

/** A text object of Block Kit: `{type: 'plain_text' | 'mrkdwn', text}`. */
export function TextObject({ value }: { value: unknown }) {
  const isMrkdwn = isObject(value) && value.type === 'mrkdwn';
  return isMrkdwn ? <Mrkdwn text={plainTextOf(value)} /> : <Plain text={plainTextOf(value)} />;
}
