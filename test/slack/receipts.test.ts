import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeCompany } from '../../src/billing/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { testCompany } from '../support/company.ts';
import { storeOrder } from '../support/order-row.ts';
import { hasPdfTools, readPdfText } from '../support/read-pdf.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const wordsOf = ({ text, blocks }: Seen): string => `${text}\n${visibleText(blocks)}`;
const says = (user: string, words: RegExp, channel = CHANNEL): Promise<Seen> =>
  driver.eventually(async () =>
    (await driver.messages(user, channel)).filter((each) => words.test(wordsOf(each))).at(-1),
  );
const click = (user: string, message: Seen, target: { label: string }) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, target);

/** Buys for an office as company admin; returns the receipt's number. */
async function buy(amount: string, office: string): Promise<string> {
  await driver.command('ana', CHANNEL, `/credits add ${amount} ${office}`);
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === `Pay $${amount}`);
  await driver.submit('ana');
  const notice = await says('ana', new RegExp(`added \\*\\$${amount.replace('.', '\\.')}\\* to ${office}`));
  await driver.close('ana', { all: true });
  return /R-\d{6}/.exec(wordsOf(notice))?.[0] ?? 'none';
}

/** The newest file that a person was sent by the app, as text. */
async function newestFile(user: string, name: string): Promise<string> {
  const file = await driver.eventually(async () => {
    const files = (await driver.messages(user, 'dm')).flatMap((message) => message.files);
    return files.filter((each) => each.name === name).at(-1);
  });
  const url = new URL(file.url, tryOut.sandbox.workspace.pageUrl);
  const content = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(content.subarray(0, 5).toString()).toBe('%PDF-');
  return hasPdfTools ? readPdfText(content) : '';
}

const listed = async (user: string, search: string): Promise<string> => {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, `/credits receipts ${search}`);
  const message = await driver.eventually(async () => (await driver.messages(user, CHANNEL))[before]);
  return wordsOf(message);
};

let [ofNewYork, ofSanFrancisco] = ['', ''];

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  ofNewYork = await buy('20.00', 'New York');
  ofSanFrancisco = await buy('30.00', 'San Francisco');
});
afterAll(() => tryOut?.close());

describe('receipts', () => {
  it('are sent as a PDF to whoever clicks under the purchase and may see them, and to no one else', async () => {
    const notice = await says('ana', new RegExp(ofSanFrancisco));
    await click('ana', notice, { label: 'Receipt' });
    const text = await newestFile('ana', `${ofSanFrancisco}.pdf`);
    if (hasPdfTools) {
      expect(text).toContain(`Receipt ${ofSanFrancisco}`);
      expect(text).toMatch(/Credits +San Francisco +\$30\.00/);
      expect(text).toMatch(/Visa •••• 4242[\s\S]*Total \$30\.00\n *No tax charged/);
    }
    await click('li', notice, { label: 'Receipt' });
    await says('li', /don’t have access to that receipt, or it doesn’t exist/);
    expect((await driver.messages('li', 'dm')).flatMap(({ files }) => files)).toEqual([]);
  });

  it('are listed and searched by those who may see them', async () => {
    const all = await listed('ana', '');
    expect(all.indexOf(ofSanFrancisco)).toBeLessThan(all.indexOf(ofNewYork));
    expect(all).toMatch(/1–2 of 2/);
    expect(await listed('ana', 'new york')).not.toContain(ofSanFrancisco);
    expect(await listed('ana', '$30')).not.toContain(ofNewYork);
    expect(await listed('ana', 'mars')).toMatch(/couldn’t find a receipt for “mars”/);
    const own = await listed('li', '');
    expect(own).toContain(ofNewYork);
    expect(own).not.toContain(ofSanFrancisco);
    expect(await listed('li', ofSanFrancisco)).toMatch(/couldn’t find a receipt/);
    expect(await listed('priya', '')).toMatch(/Only admins can see/);
  });

  it('print the company, its address, PO number and the tax that was in force; a refund has its own', async () => {
    const { db } = tryOut.app;
    const { id: companyId } = await db.company.findFirstOrThrow();
    const at = tryOut.sandbox.clock.now();
    await changeCompany(
      db,
      companyId,
      {
        name: '株式会社サンプル',
        billingAddress: '1 Main Street\nSpringfield',
        poNumber: 'PO-77',
        taxRateBp: 1900,
        taxId: 'DE123456789',
      },
      { at },
    );
    const taxed = await buy('50.00', 'New York');
    const order = await db.purchaseOrder.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const refund = { companyId, orderId: order.id, processorId: 're_1', state: 'succeeded' };
    const times = { createdAt: at, noticedAt: at, reversedAt: at };
    await db.refund.create({ data: { ...refund, ...times, amountMicros: 10_000_000n, reversedMicros: 0n } });
    await driver.command('li', CHANNEL, `/credits receipts ${taxed}`);
    const list = await says('li', /\$10\.00 refunded/);
    await click('li', list, { label: 'PDF' });
    const text = await newestFile('li', `${taxed}.pdf`);
    await click('li', list, { label: 'Refund PDF' });
    const refunded = await newestFile('li', `${taxed}-1.pdf`);
    await driver.command('li', CHANNEL, `/credits receipts ${ofNewYork}`);
    await click('li', await says('li', new RegExp(`\\*${ofNewYork}\\*`)), { label: 'PDF' });
    const before = await newestFile('li', `${ofNewYork}.pdf`);
    await changeCompany(db, companyId, { legalName: 'Sample Holdings Inc.' }, { at });
    const named = await buy('25.00', 'New York');
    await driver.command('li', CHANNEL, `/credits receipts ${named}`);
    await click('li', await says('li', new RegExp(`\\*${named}\\*`)), { label: 'PDF' });
    const renamed = await newestFile('li', `${named}.pdf`);
    if (!hasPdfTools) return;
    expect(renamed).toMatch(/Billed to +Sample Holdings Inc\./);
    for (const words of ['株式会社サンプル', '1 Main Street', 'Springfield', 'PO-77', 'Tax ID DE123456789'])
      expect(text).toContain(words);
    expect(text).toContain('Includes 19% VAT: $7.98');
    expect(refunded).toMatch(new RegExp(`Refund receipt ${taxed}-1[\\s\\S]*Of receipt +${taxed}`));
    expect(refunded).toMatch(/−\$10\.00[\s\S]*Refunded \$10\.00\n *Includes 19% VAT: \$1\.60/);
    expect(before).toContain('PO-77');
    expect(before).toContain('No tax charged');
  });
});

describe('a document opened in a browser', () => {
  let [here, there] = ['', ''];
  beforeAll(async () => {
    here = await buy('15.00', 'New York');
    there = await buy('16.00', 'San Francisco');
  });

  const noticeOf = (number: string) => new RegExp(`added.*${number}[\\s\\S]*Receipt`);
  const linkFor = async (user: string, number: string): Promise<URL> => {
    const before = (await driver.messages(user, CHANNEL)).length;
    await click(user, await says('ana', noticeOf(number)), { label: 'Receipt' });
    const reply = await driver.eventually(async () =>
      (await driver.messages(user, CHANNEL))
        .slice(before)
        .find((each) => JSON.stringify(each.blocks ?? []).includes('/billing/document/')),
    );
    const url = /"url":"([^"]+)"/.exec(JSON.stringify(reply.blocks))?.[1];
    return new URL(url ?? expect.fail('the reply has no link'));
  };
  const openPdf = async (url: URL | string) => await fetch(url, { redirect: 'manual' });
  const refuses = async (url: URL | string) => {
    const answer = await openPdf(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('This link no longer works');
  };

  it('by a link of whoever was sent it, which names nothing and is stored nowhere', async () => {
    const url = await linkFor('ana', there);
    expect(url.href).toMatch(/\/billing\/document\/[\w-]+\.[0-9a-z]+\.[\w-]+\.[\w-]{43}$/);
    expect(url.href).not.toMatch(/acme|R-0|\?/i);
    const answer = await openPdf(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('content-disposition')).toBe(`inline; filename="${there}.pdf"`);
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  it('never where the link was altered, or is a quarter of an hour old', async () => {
    const url = await linkFor('ana', there);
    const [token = '', until = '', key = '', signature = ''] = url.href.split('/').at(-1)?.split('.') ?? [];
    const later = (Number.parseInt(until, 36) + 60).toString(36);
    const turned = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const other = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    for (const parts of [
      [token, later, key, signature],
      [other, until, key, signature],
      [token, until, 'other', signature],
      [token, until, key, turned],
      [token, until, key],
    ])
      await refuses(new URL(parts.join('.'), url));
    expect((await openPdf(url)).status).toBe(200);
    tryOut.sandbox.clock.advance(15 * 60_000);
    await refuses(url);
  });

  it('never for another company, nor for who lost their role since', async () => {
    const { db } = tryOut.app;
    const url = await linkFor('li', here);
    expect((await openPdf(url)).status).toBe(200);
    const setRole = (role: 'manager' | 'office_admin') =>
      db.roleAssignment.updateMany({ where: { userId: 'U0LI000001' }, data: { role } });
    await setRole('manager');
    await refuses(url);
    const before = await db.draft.count({ where: { kind: 'document' } });
    await click('li', await says('ana', noticeOf(here)), { label: 'Receipt' });
    await says('li', /Only admins can see/);
    expect(await db.draft.count({ where: { kind: 'document' } })).toBe(before);
    await setRole('office_admin');
    expect((await openPdf(url)).status).toBe(200);
    const elsewhere = await testCompany(db);
    await db.draft.updateMany({ where: { kind: 'document' }, data: { companyId: elsewhere.companyId } });
    await refuses(url);
    await db.draft.deleteMany({ where: { kind: 'document' } });
    await refuses(url);
  });
});

describe('many receipts', () => {
  it('are turned by a page, and back to the newest', async () => {
    const { db } = tryOut.app;
    const settled = await db.purchaseOrder.findFirstOrThrow({
      where: { orderLines: { some: {} }, refunds: { none: {} } },
      orderBy: { receiptNumber: 'desc' },
    });
    const { id: _, ...columns } = settled;
    for (let more = 1; more <= 25; more += 1)
      await storeOrder(db, {
        ...columns,
        token: `receipt-${more}`,
        receiptNumber: (settled.receiptNumber ?? 0n) + BigInt(more),
        amountMicros: 5_000_000n,
      });
    await driver.command('ana', CHANNEL, '/credits receipts $5');
    const first = await says('ana', /1–10 of 25/);
    const turn = async (label: string, words: RegExp) => {
      await click('ana', first, { label });
      return await says('ana', words);
    };
    await turn('Older', /11–20 of 25/);
    await turn('Older', /21–25 of 25/);
    await turn('Newer', /11–20 of 25/);
    await turn('Older', /21–25 of 25/);
    expect((await turn('Newest', /1–10 of 25/)).ts).toBe(first.ts);
  });
});
