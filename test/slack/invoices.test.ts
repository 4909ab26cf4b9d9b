import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monthAround } from '../../src/calendar.ts';
import { DAY_MS } from '../../src/durations.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { storeOrder } from '../support/order-row.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';

let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  companyId = (await tryOut.app.db.company.findFirstOrThrow()).id;
});
afterAll(() => tryOut?.close());

type Seen = Awaited<ReturnType<Driver['messages']>>[number];

const saying = async (user: string, channel: string, words: RegExp): Promise<Seen[]> =>
  (await driver.messages(user, channel)).filter(({ text, blocks }) =>
    words.test(`${text}\n${visibleText(blocks)}`),
  );
const says = (user: string, words: RegExp, channel = CHANNEL): Promise<Seen> =>
  driver.eventually(async () => (await saying(user, channel, words)).at(-1));
const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

/** Credits that were confirmed to be put on the invoice; the app does the rest. */
async function buyOnInvoice(...amounts: bigint[]): Promise<void> {
  const { db } = tryOut.app;
  const at = tryOut.sandbox.clock.now();
  const office = await db.office.findFirstOrThrow({ where: { companyId, name: 'New York' } });
  for (const dollars of amounts) {
    const before = await db.invoiceItem.count();
    await storeOrder(db, {
      companyId,
      token: randomUUID(),
      kind: 'recharge',
      state: 'confirmed',
      officeId: office.id,
      amountMicros: dollars * 1_000_000n,
      method: 'invoice',
      userId: 'auto-recharge',
      createdAt: at,
      confirmedAt: at,
      nextPollAt: at,
    });
    await driver.eventually(async () => (await db.invoiceItem.count()) > before);
  }
}

async function rowsOf({ files }: Seen): Promise<string[][]> {
  const url = new URL(files[0]?.url ?? '', tryOut.sandbox.workspace.pageUrl);
  return parse(Buffer.from(await (await fetch(url)).arrayBuffer()), { bom: true }) as string[][];
}

/** Where the button of the newest invoice leads. */
async function payUrlOf(channel: string): Promise<string | undefined> {
  const text = JSON.stringify((await driver.messages('ana', channel)).map(({ blocks }) => blocks));
  return /"url":"(http[^"]+\/i\/in_[^"]+)"/.exec(text)?.[1];
}

/** To the day after the billing day, which is the first of a month in Los Angeles: invoices are due a month later. */
function passBillingDay(): void {
  const { clock } = tryOut.sandbox;
  const now = clock.now();
  clock.advance(monthAround(now, 'America/Los_Angeles').to.getTime() - now.getTime() + DAY_MS);
}

const filesIn = async (user: string, channel: string) =>
  (await driver.messages(user, channel)).filter(({ files }) => files.length > 0);

describe('invoices in Slack', () => {
  it('say that there are none: for who pays by card, and before the first billing day', async () => {
    await driver.command('ana', CHANNEL, '/credits invoices');
    await says('ana', /pays by card, so there are no invoices/);
    await tryOut.app.db.company.updateMany({
      data: { billingMethod: 'invoice', exposureLimitMicros: 900_000_000n },
    });
    await driver.command('ana', CHANNEL, '/credits invoices');
    await says('ana', /There are no invoices yet[\s\S]*The next invoice comes/);
  });

  it('come on the billing day in one message, with one file in its thread, through a bad day of Slack’s', async () => {
    await buyOnInvoice(100n, 20n);
    await driver.command('ana', CHANNEL, '/credits invoices');
    await says('ana', /Not on an invoice yet: \*\$120\.00\* for 2 items[\s\S]*\$120\.00 of the \$900\.00/);
    const { faults } = tryOut.sandbox.workspace;
    faults.set({ method: 'upload', kind: 'drop', when: 'after' });
    faults.set({ method: 'files.completeUploadExternal', kind: 'drop', when: 'after' });
    passBillingDay();
    const notice = await says('ana', /Invoice INV-\d{4}-0001\*: \*\$120\.00\*, due/);
    expect(visibleText(notice.blocks)).toMatch(
      /2 items, .*\n.*Auto-recharge for New York · R-\d+ · \*\$100\.00\*[\s\S]*Ask <@U0ANA00001> or <@U0SAM00001>, or your provider: quote INV-\d{4}-0001/,
    );
    await driver.eventually(async () => {
      tryOut.sandbox.clock.advance(1_000);
      return (await tryOut.app.db.invoiceFile.findFirstOrThrow()).state === 'sent';
    });
    const shown = await filesIn('priya', CHANNEL);
    expect(shown.map(({ threadTs }) => threadTs)).toEqual([notice.ts]);
    const [file] = shown;
    expect(file?.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^INV-\d{4}-0001\.csv$/)]);
    const [, ...rows] = file === undefined ? [] : await rowsOf(file);
    expect(rows.map((row) => row.slice(2))).toEqual([
      ['Auto-recharge', 'New York', expect.stringMatching(/^R-\d+$/), '100.00'],
      ['Auto-recharge', 'New York', expect.stringMatching(/^R-\d+$/), '20.00'],
    ]);
  });

  it('are listed with their states, and sent as a file to the company admin who asks, who is asked again at the click', async () => {
    await driver.command('li', CHANNEL, '/credits invoices');
    await says('li', /Only company admins can see invoices/);
    await driver.command('ana', CHANNEL, '/credits invoices');
    const list = await says('ana', /INV-\d{4}-0001\* · \*\$120\.00\*\n.*Open, due/);
    await Promise.all([click('ana', list, 'Get the lines (CSV)'), click('ana', list, 'Get the lines (CSV)')]);
    await says('ana', /We’ll send INV-\d{4}-\d+ to your messages/);
    const [own] = await driver.eventually(async () => {
      const found = await filesIn('ana', 'dm');
      return found.length > 0 && found;
    });
    expect(own?.files[0]?.name).toMatch(/^INV-\d{4}-0001\.csv$/);
    expect(await saying('ana', 'dm', /you asked for its file/)).toHaveLength(1);
    const { db } = tryOut.app;
    await db.roleAssignment.updateMany({ where: { userId: 'U0ANA00001' }, data: { userId: 'USOMEONE' } });
    await click('ana', list, 'Get the lines (CSV)');
    await says('ana', /Only admins can see and add credits/);
    await db.roleAssignment.updateMany({ where: { userId: 'USOMEONE' }, data: { userId: 'U0ANA00001' } });
    expect(await filesIn('ana', 'dm')).toHaveLength(1);
  });

  it('are found by their number, also as people type it, and only those of one’s own company', async () => {
    const [{ year } = { year: 0 }] = await tryOut.app.db.invoice.findMany();
    await driver.command('ana', CHANNEL, `/credits invoices inv-${year}-1`);
    await says('ana', new RegExp(`^INV-${year}-0001\\n`));
    await tryOut.app.db.invoice.create({
      data: {
        companyId: companyId + 1n,
        token: 'theirs',
        year,
        number: 2,
        startsAt: new Date('2026-11-01'),
        closesAt: new Date('2026-12-01'),
        issuedAt: new Date('2026-12-01'),
        dueAt: new Date('2027-01-01'),
        totalMicros: 1n,
        state: 'paid',
        resolvedAt: new Date('2026-12-02'),
      },
    });
    await driver.command('ana', CHANNEL, `/credits invoices INV-${year}-0002`);
    await says('ana', /There is no invoice “INV-\d+-0002” of your company/);
  });

  it('that are overdue, then paid on the processor’s page, say so in the same message; the file stays one', async () => {
    const notice = await says('ana', /Invoice INV-\d{4}-0001/);
    tryOut.sandbox.clock.advance(32 * DAY_MS);
    const overdue = await says('ana', /Invoice INV-\d{4}-0001 is overdue/);
    const payUrl = await driver.eventually(() => payUrlOf(CHANNEL));
    await fetch(payUrl, { method: 'POST' });
    const paid = await says('ana', /Invoice INV-\d{4}-0001: \*\$120\.00\*, paid/);
    expect([overdue.ts, paid.ts]).toEqual([paid.ts, paid.ts]);
    expect(visibleText(paid.blocks)).toMatch(/Auto-recharge for New York · R-\d+/);
    expect(notice.conversationId).toBe(paid.conversationId);
    expect(await filesIn('ana', CHANNEL)).toHaveLength(1);
  });

  it('are opened from Home, and sent as a PDF', async () => {
    await driver.openHome('ana');
    await driver.eventually(async () => /\nInvoices\b/.test(visibleText(await driver.home('ana'))));
    await driver.click('ana', { kind: 'home' }, { label: 'Invoices' });
    await click('ana', await says('ana', /INV-\d{4}-0001\* · \*\$120\.00/, 'dm'), 'PDF');
    await driver.eventually(async () =>
      (await filesIn('ana', 'dm')).some(({ files }) =>
        files.some(({ name }) => /^INV-\d{4}-0001\.pdf$/.test(name)),
      ),
    );
  });
});
