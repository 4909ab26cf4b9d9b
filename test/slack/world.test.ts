import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut();
});
afterAll(() => tryOut?.close());

async function play(happening: string): Promise<string> {
  const url = tryOut.sandbox.pageUrl;
  const answer = await fetch(`${url}/workspace/world`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ act: { type: 'phone', happening } }),
  });
  expect(await answer.json()).toEqual({ ok: true });
  const world = (await (await fetch(`${url}/workspace/bootstrap?as=U0ANA00001`)).json()) as {
    world: { phone: { said: string } };
  };
  return world.world.phone.said;
}

describe('the phone system of the try-out', () => {
  it('sends usage that is rated and received for whoever used it', async () => {
    expect(await play('call')).toBe('1 received');
    expect(await play('texts')).toBe('12 received');
    expect(await play('ai')).toBe('1 received');
    const records = await tryOut.app.db.usageRecord.findMany();
    expect(records.every(({ costMicros }) => costMicros > 0n)).toBe(true);
    const call = records.find(({ category }) => category === 'international');
    const member = await tryOut.app.db.member.findFirst({ where: { name: 'Ana Reyes' } });
    expect(call?.memberId).toBe(member?.id);
  });

  it('sends again what it sent last, and nothing is charged twice', async () => {
    await play('long-call');
    expect(await play('again')).toBe('1 already received, nothing charged twice');
  });

  it('gets a thousand calls received at once', async () => {
    expect(await play('busy-hour')).toBe('1,000 received');
  });
});
