import type {
  Button,
  ConfirmationDialog,
  ContextBlock,
  KnownBlock,
  MrkdwnElement,
  SectionBlock,
} from '@slack/types';
import type { Money } from '../../money.ts';
import { LINK_IDS } from '../links.ts';
import { unbroken } from './unbroken.ts';

/** Our own mrkdwn: every name in it has passed `escapeText`. Slack makes no links and mentions of it by itself. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text: unbroken(text), verbatim: true };
}

/** A paragraph of mrkdwn. */
export function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(text) };
}

/** Lines as paragraphs, as many of them in one as Slack takes. */
export function lines(texts: readonly string[]): SectionBlock[] {
  const most = 2_900;
  const paragraphs: string[] = [];
  for (const text of texts) {
    const last = paragraphs.at(-1);
    if (last === undefined || last.length + text.length >= most) paragraphs.push(text);
    else paragraphs[paragraphs.length - 1] = `${last}\n${text}`;
  }
  return paragraphs.map(section);
}

/** Label and value pairs, two columns where there is room. */
export function facts(pairs: readonly (readonly [string, string])[]): SectionBlock {
  return {
    type: 'section',
    fields: pairs.map(([label, value]) => mrkdwn(`*${label}*\n${value}`)),
  };
}

/** A quiet line. */
export function quiet(text: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(text)] };
}

/** What Slack asks once more before a click counts. */
export interface ConfirmCopy {
  title: string;
  text: string;
  yes: string;
  no: string;
}

function confirmDialog({ title, text, yes, no }: ConfirmCopy): ConfirmationDialog {
  const plain = (words: string) => ({ type: 'plain_text' as const, text: unbroken(words) });
  return { title: plain(title), text: plain(text), confirm: plain(yes), deny: plain(no), style: 'primary' };
}

export function button(
  label: string,
  actionId: string,
  options: { value?: string; primary?: boolean; confirm?: ConfirmCopy | null } = {},
): Button {
  const { confirm = null } = options;
  return {
    type: 'button',
    text: { type: 'plain_text', text: unbroken(label) },
    action_id: actionId,
    ...(options.value === undefined ? {} : { value: options.value }),
    ...(options.primary === true ? { style: 'primary' } : {}),
    ...(confirm === null ? {} : { confirm: confirmDialog(confirm) }),
  };
}

/** A button that opens an address outside Slack. */
export function linkButton(label: string, url: string, options: { primary?: boolean } = {}): Button {
  return { ...button(label, LINK_IDS.openLink, options), url };
}

export function buttons(...elements: Button[]): KnownBlock {
  return { type: 'actions', elements };
}

/** The same under an id of its own: a click counts also where the block was rendered again meanwhile. */
export function namedButtons(blockId: string, ...elements: Button[]): KnownBlock {
  return { ...buttons(...elements), block_id: blockId };
}

/** How much of a whole is left, rendered in twelve steps: `▰▰▰▱…`. Anything left at all shows at least one. */
export function bar(part: Money, whole: Money): string {
  const steps = 12;
  const filled = part.lessThanOrEqualTo(0)
    ? 0
    : Math.min(steps, part.dividedBy(whole).times(steps).ceil().toNumber());
  return '▰'.repeat(filled) + '▱'.repeat(steps - filled);
}
