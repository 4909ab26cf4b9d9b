import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World, WorldAct } from '../../../src/stand-ins/local-workspace/protocol.ts';
import { startTestWorkspace, type TestWorkspace } from '../../support/slack-workspace.ts';

const ANA = 'U0ANA000001';
const LI = 'U0LI0000001';

let workspace: TestWorkspace;
const acts: WorldAct[] = [];
let worldChanged: () => void = () => undefined;

beforeAll(async () => {
  const world: World = {
    now: '2026-12-01T00:00:00.000Z',
    aheadMs: 0,
    timeZone: 'UTC',
    card: { behaviour: 'approve', choices: [], statementUrl: null, isDisputed: false },
    phone: { choices: [], said: null, paused: [] },
    network: { slackDown: false, processorDown: false },
  };
  workspace = await startTestWorkspace({
    world: {
      read: () => world,
      act: async (act) => void acts.push(act),
      onChange: (listener) => {
        worldChanged = listener;
      },
    },
  });
});
afterAll(() => workspace?.close());

const get = (path: string, headers = {}) => fetch(`${workspace.pageUrl}${path}`, { headers });
const post = (act: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${workspace.pageUrl}/workspace/${act}`, {
    method: 'POST',
    headers: { origin: workspace.pageUrl, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Reads a person's stream until an event passes, then hangs up. */
async function streamed(
  as: string,
  during: () => Promise<unknown>,
  wanted: string,
): Promise<Record<string, unknown>> {
  const hangUp = new AbortController();
  const response = await fetch(`${workspace.pageUrl}/workspace/stream?as=${as}`, { signal: hangUp.signal });
  const decoder = new TextDecoder();
  let text = '';
  let begun = false;
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (!begun && text.includes('"type":"world"')) {
        begun = true;
        text = '';
        await during();
      }
      const line = text.split('\n').find((each) => each.includes(`"type":"${wanted}"`) && each.endsWith('}'));
      if (begun && line !== undefined)
        return JSON.parse(line.slice('data: '.length)) as Record<string, unknown>;
    }
  } finally {
    hangUp.abort();
  }
  throw new Error('the stream ended');
}

describe('what the page reads', () => {
  it('begins with everything it needs, for the person it acts as', async () => {
    const bootstrap = await (await get(`/workspace/bootstrap?as=${LI}`)).json();
    expect(bootstrap).toMatchObject({
      workspace: { name: 'Test Works' },
      me: { id: LI, name: 'li', title: 'Member' },
      slash: [{ command: '/test' }],
      world: { timeZone: 'UTC' },
      conversations: [
        { id: 'C0GENERAL01', kind: 'channel', name: 'general' },
        { kind: 'dm', name: 'Tester' },
      ],
    });
    expect(await (await get('/workspace/bootstrap?as=')).json()).toMatchObject({ me: { id: ANA } });
    expect((await get('/workspace/bootstrap?as=U0NOBODY')).status).toBe(404);
  });

  it('shows conversations to their members only', async () => {
    expect((await get(`/workspace/messages?as=${LI}&conversation=C0ADMINS001`)).status).toBe(404);
    expect((await get(`/workspace/messages?as=${ANA}&conversation=C0ADMINS001`)).status).toBe(200);
  });

  it('streams what concerns the person, as it happens', async () => {
    const said = await streamed(
      LI,
      () => post('say', { as: ANA, conversation: 'C0GENERAL01', text: 'hello' }),
      'message',
    );
    expect(said).toMatchObject({ message: { text: 'hello', userId: ANA } });
    const changed = await streamed(LI, async () => worldChanged(), 'world');
    expect(changed).toMatchObject({ world: { card: { behaviour: 'approve' } } });
  });
});

describe('who may act', () => {
  const body = { as: ANA, conversation: 'C0GENERAL01', text: 'x' };

  it('the page of this origin only', async () => {
    expect((await post('say', body)).status).toBe(200);
    expect((await post('say', body, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('say', body, { origin: '' })).status).toBe(403);
    expect((await post('say', body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('nothing', body)).status).toBe(404);
    const preflight = await fetch(`${workspace.pageUrl}/workspace/say`, { method: 'OPTIONS' });
    expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('gets words for nonsense', async () => {
    expect(await (await post('say', { as: ANA })).json()).toMatchObject({ ok: false });
    expect(await (await post('say', { ...body, text: '  ' })).json()).toMatchObject({ ok: false });
    expect(await (await post('submit', { as: ANA, viewId: 'V0', state: {} })).json()).toEqual({
      ok: false,
      toast: 'This form has been closed.',
    });
    const container = { kind: 'message', conversationId: 'C0GENERAL01', ts: '1.000000' };
    expect(
      await (await post('action', { as: ANA, container, blockId: 'b', actionId: 'a' })).json(),
    ).toMatchObject({
      ok: false,
    });
  });

  it('plays the world: the clock outside, the line to Slack itself', async () => {
    await post('world', { act: { type: 'advance', ms: 1000 } });
    expect(acts).toContainEqual({ type: 'advance', ms: 1000 });
    await post('world', { act: { type: 'network', slackDown: true, processorDown: false } });
    expect(workspace.faults.allDown).toBe(true);
    expect(await (await get(`/workspace/bootstrap?as=${ANA}`)).json()).toMatchObject({
      world: { network: { slackDown: true } },
    });
    await post('world', { act: { type: 'network', slackDown: false, processorDown: false } });
    expect(workspace.faults.allDown).toBe(false);
  });
});

describe('the page’s files', () => {
  it('are cached for good when hashed, never when not', async () => {
    const document = await get('/');
    expect(document.headers.get('cache-control')).toBe('no-cache');
    expect(document.headers.get('content-security-policy')).toContain("default-src 'self'");
    const again = await get('/', { 'if-none-match': document.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    const script = await get('/assets/index-Ab12Cd34.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect((await get('/archives/C0GENERAL01/p1700000000000100')).status).toBe(200);
  });

  it('are missed in words, and end at their folder', async () => {
    const missing = await get('/nothing.js');
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('There is no such page');
    expect((await get('/%2e%2e/slack-workspace.ts')).status).toBe(404);
    expect((await get('/assets/%ff')).status).toBe(404);
  });
});
