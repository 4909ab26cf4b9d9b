import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adjustCredits } from '../../src/billing/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { dollars, fromMicros } from '../../src/money.ts';
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
  return (await readPhone()).said;
}

async function readPhone(): Promise<{ said: string; paused: string[] }> {
  const answer = await fetch(`${tryOut.sandbox.pageUrl}/workspace/bootstrap?as=U0ANA00001`);
  return ((await answer.json()) as { world: { phone: { said: string; paused: string[] } } }).world.phone;
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

describe('a phone system that is told of credits', () => {
  const readWallet = async () => {
    const { db } = tryOut.app;
    const { id, companyId } = await db.office.findFirstOrThrow({ where: { name: 'New York' } });
    const wallet = await db.wallet.findFirstOrThrow({ where: { companyId, officeId: id } });
    return { companyId, officeId: id, wallet };
  };

  /** Gives or takes what New York has more or less than so many dollars. */
  async function setBalance(target: string): Promise<void> {
    const { db, billing } = tryOut.app;
    const { companyId, officeId, wallet } = await readWallet();
    const more = dollars(target).minus(fromMicros(wallet.generalMicros - wallet.debtCallsMicros));
    const kind = more.isNegative() ? 'deduction' : 'grant';
    await inTransaction(db, (tx) =>
      adjustCredits(tx, {
        ...{ companyId, officeId, kind, amount: more.abs(), reason: 'test' },
        ...{ actor: 'operator', at: billing.clock.now() },
      }),
    );
  }

  it('ends a call when its credits are used up, and makes none after that', async () => {
    await setBalance('10');
    expect(await play('long-call')).toMatch(/^1 received, cut short after \d+ minutes, as credits ran out$/);
    const { wallet } = await readWallet();
    expect(wallet).toMatchObject({ debtCallsMicros: 0n, heldCallsMicros: 0n });
    expect(await play('long-call')).toBe('1 not made: no credits at New York');
  });

  it('pauses an office without credits, says so on its page and in Slack, and resumes it', async () => {
    const { db } = tryOut.app;
    await setBalance('0');
    await vi.waitFor(async () => expect((await readPhone()).paused).toEqual(['New York']), 60_000);
    expect(await play('texts')).toBe('12 not made: no credits at New York');
    expect(await play('call')).toMatch(/^1 received/);
    const notice = await db.notice.findFirstOrThrow({
      where: { kind: 'low_balance' },
      orderBy: { id: 'desc' },
    });
    expect(notice.facts).toMatchObject({ scopeLabel: 'New York', level: 'out', isEnforced: true });
    await setBalance('20');
    await vi.waitFor(async () => expect((await readPhone()).paused).toEqual([]), 60_000);
    expect(await play('texts')).toBe('12 received');
  });
});
