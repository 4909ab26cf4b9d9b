import type { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { replyPrivately } from '../../../src/slack/kit/reply.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';

const section = (id: string) => ({
  type: 'section' as const,
  block_id: id,
  text: { type: 'mrkdwn' as const, text: id },
});

/** A click on a button of the block `clicked` of a Home tab; `isStale`: it was published again meanwhile. */
async function answer(message: Parameters<typeof replyPrivately>[2], { isStale = false } = {}) {
  const posted: unknown[] = [];
  const published: { hash: string; view: { blocks: { block_id: string }[] } }[] = [];
  const client = {
    chat: { postMessage: async (sent: unknown) => posted.push(sent) },
    views: {
      async publish(view: (typeof published)[number]) {
        if (isStale) throw new Error('hash_conflict');
        published.push(view);
      },
    },
  } as unknown as WebClient;
  const view = {
    type: 'home',
    hash: 'hash',
    team_id: 'T1',
    blocks: [section('first'), section('home_note'), section('clicked'), section('last')],
  };
  const click = { user: { id: 'U1' }, view, actions: [{ block_id: 'clicked' }], api_app_id: 'A1' };
  await replyPrivately(client, click as never, message);
  return { posted, published };
}

describe('a click on the Home tab', () => {
  it('is answered in the messages, and says so below its button, with the way there', async () => {
    const { posted, published } = await answer({ text: 'Usage', blocks: [section('usage')] });
    expect(posted).toEqual([{ channel: 'U1', text: 'Usage', blocks: [section('usage')] }]);
    const [home] = published;
    expect(home?.hash).toBe('hash');
    expect(home?.view.blocks.map(({ block_id: id }) => id)).toEqual([
      'first',
      'clicked',
      'home_note',
      'last',
    ]);
    expect(visibleText(home?.view.blocks)).toContain(
      'The answer is in your messages with Refill.\nOpen Messages',
    );
    expect(JSON.stringify(home)).toContain('slack://app?team=T1&id=A1&tab=messages');
  });

  it('whose answer is a sentence says it below its button', async () => {
    const { published } = await answer({ text: 'Only admins can do this.' });
    expect(visibleText(published[0]?.view.blocks)).toContain('Only admins can do this.');
  });

  it('has its answer also where Home was rendered anew meanwhile', async () => {
    expect((await answer({ text: 'Usage' }, { isStale: true })).posted).toHaveLength(1);
  });
});
