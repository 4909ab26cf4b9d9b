import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeCompany } from '../../src/billing/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { hasPdfTools, readPdfText } from '../support/read-pdf.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const wordsOf = ({ text, blocks }: Seen): string => `${text}\n${visibleText(blocks)}`;
const says = (user: string, words: RegExp, channel = CHANNEL): Promise<Seen> =>
  driver.eventually(
    async () => (await driver.messages(user, channel)).filter((each) => words.test(wordsOf(each))).at(-1),
    15_000,
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
  }, 15_000);
  const url = new URL(file.url, tryOut.sandbox.workspace.pageUrl);
  const content = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(content.subarray(0, 5).toString()).toBe('%PDF-');
  return hasPdfTools ? readPdfText(content) : '';
}

const listed = async (user: string, search: string): Promise<string> => {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, `/credits receipts ${search}`);
  const message = await driver.eventually(async () => (await driver.messages(user, CHANNEL))[before], 15_000);
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
