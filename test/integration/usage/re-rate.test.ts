import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reRateUsage } from '../../../src/cli/rates/run-re-rating.ts';
import { systemClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import {
  correctUsage,
  grantCredits,
  listUsage,
  type NewUsage,
  postUsage,
  readBalance,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type AnyTraffic, parseDeck, rateTraffic } from '../../../src/rating/index.ts';
import { importDeck, reRate } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings } from '../../support/ledger.ts';
import { numberKey, secrets } from '../../support/number-key.ts';
import { call, conversation, fax, message, ratesOf } from '../../support/rating.ts';

const HEADER = 'kind,licence,direction,prefix,rate,first,next';
const BEFORE = [
  HEADER,
  'call,,both,44,0.10,60,60',
  'call,,both,33,0.20,60,60',
  'call,,both,1,0.01,60,60',
  'local,support,both,1,0.02,60,60',
  'toll_free,,inbound,*,0.02,60,60',
  'sms,,both,1,0.008,,',
  'fax,,both,*,0.05,,',
  'ai_conversation,,both,*,0.50,,',
];
/** London dearer, France without a price, Support's local calls and conversations cheaper, texts and faxes as before. */
const AFTER = [
  HEADER,
  'call,,both,44,0.12,60,60',
  'call,,both,1,0.01,60,60',
  'local,support,both,1,0.01,60,60',
  'toll_free,,inbound,*,0.02,1,1',
  'sms,,both,1,0.008,,',
  'fax,,both,*,0.05,,',
  'ai_conversation,,both,*,0.40,,',
];
const USED = new Date('2026-11-05T10:00:00Z');
const POSTED = new Date('2026-11-05T11:00:00Z');
const CORRECTED = new Date('2026-11-14T09:30:00Z');

let database: TestDatabase;
const deps = () => ({ db: database.db, secrets, clock: systemClock });
beforeAll(async () => {
  database = await freshDatabase();
  await importText(BEFORE, new Date('2026-11-01T00:00:00Z'));
});
afterAll(() => database.close());

const importText = (lines: string[], at: Date) =>
  importDeck(database.db, {
    deck: parseDeck(lines.join('\n')),
    fileName: 'tariff.csv',
    from: new Date('2026-11-01T00:00:00Z'),
    mode: 'full',
    force: true,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at,
  });

/** A company with $50, a Talk and a Support user, and what was used: booked at the prices of before. */
async function companyWithUsage() {
  const { db } = database;
  const { companyId, officeIds } = await testCompany(db, { pooled: false });
  const [officeId] = officeIds;
  const [talk, support] = await Promise.all(
    ['talk', 'support'].map((licence) =>
      db.member.create({ data: { companyId, officeId, kind: 'person', name: licence, licence } }),
    ),
  );
  await grantCredits(db, {
    companyId,
    officeId,
    kind: 'general',
    amount: dollars('50'),
    key: 'opening',
    source: 'opening',
    reference: '1',
    actor: 'test',
    reason: 'Test',
    at: new Date('2026-11-02T09:00:00Z'),
  });
  const home = '+14155550199';
  const used: Record<string, [AnyTraffic, bigint | undefined]> = {
    london: [call({ durationMs: 61_000 }), talk?.id],
    paris: [call({ externalNumber: '+33123456789' }), talk?.id],
    home: [call({ externalNumber: home }), talk?.id],
    internal: [call({ isInternal: true }), talk?.id],
    unanswered: [call({ answeredAt: null, durationMs: 0 }), talk?.id],
    canada: [call({ externalNumber: '+14165550100' }), talk?.id],
    supported: [call({ externalNumber: home, licence: 'support', durationMs: 200_000 }), support?.id],
    tollFree: [
      call({ direction: 'inbound', isTollFreeLine: true, externalNumber: home, durationMs: 61_000 }),
      talk?.id,
    ],
    text: [message({ text: 'x'.repeat(200) }), talk?.id],
    fax: [fax({ pages: 3 }), talk?.id],
    conversation: [conversation(), undefined],
    silent: [conversation({ hasResponded: false }), undefined],
  };
  const deck = ratesOf(BEFORE.join('\n'));
  const records = Object.entries(used).map(([externalId, [traffic, memberId]]): NewUsage => {
    const rated = rateTraffic(deck, traffic);
    if (rated.outcome === 'unrated') throw new Error(rated.explanation);
    return {
      ...book(externalId, officeId, memberId ?? null),
      class: rated.class,
      category: rated.category,
      direction: traffic.direction,
      externalNumber: traffic.externalNumber,
      durationMs: traffic.kind === 'call' ? traffic.durationMs : 0,
      billedSeconds: rated.billedSeconds,
      quantity: rated.quantity,
      cost: rated.cost,
      price: rated.explanation,
    };
  });
  const byHand: NewUsage = {
    ...book('by hand', officeId, null),
    externalNumber: '+442079460000',
    cost: dollars('7'),
  };
  await postUsage(db, { numberKey, companyId, at: POSTED, records: [...records, byHand] });
  return { companyId, officeId };
}

const book = (externalId: string, officeId: bigint, memberId: bigint | null): NewUsage => ({
  source: 'api',
  externalId,
  officeId,
  departmentId: null,
  memberId,
  class: 'calls',
  category: 'international',
  direction: 'outbound',
  externalNumber: null,
  internalNumber: '+14155550100',
  usageAt: USED,
  durationMs: 60_000,
  billedSeconds: 60,
  quantity: 1,
  cost: dollars('0'),
  price: null,
});

const november = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
const order = (companyId: bigint, dryRun = false) => ({
  companyId,
  ...november,
  dryRun,
  actor: 'operator',
  reason: 'London was wrong',
  at: CORRECTED,
});
const costs = async (companyId: bigint) =>
  Object.fromEntries(
    (await listUsage(database.db, { companyId, ...november })).map(({ externalId, cost, revision }) => [
      externalId,
      `${cost.toFixed(4)} r${revision}`,
    ]),
  );
const inWords = (done: Awaited<ReturnType<typeof reRate>>) => ({
  ...done,
  difference: done.difference.toFixed(4),
});

describe('who pays more by an import', () => {
  it('is named with the difference for 30 days: in the dry run, and to the operator at the import', async () => {
    const { companyId } = await companyWithUsage();
    const importDearer = (rate: string, dryRun: boolean) =>
      importDeck(database.db, {
        deck: parseDeck(`prefix,rate\n33,${rate}`),
        fileName: 'changes.csv',
        from: new Date('2026-11-20T00:00:00Z'),
        mode: 'changes',
        force: true,
        fillWithSamples: false,
        dryRun,
        actor: 'operator',
        at: CORRECTED,
      });
    const ofCompany = ({ rises }: Awaited<ReturnType<typeof importDearer>>) =>
      rises.filter((rise) => rise.companyId === companyId);
    expect(ofCompany(await importDearer('0.21', true))).toEqual([]);
    const [rise] = ofCompany(await importDearer('3', true));
    expect(rise?.after.minus(rise.before).toFixed(2)).toBe(rise?.difference.toFixed(2));
    expect(rise?.difference.toFixed(4)).toBe('2.8000');
    const notices = () =>
      database.db.operatorNotice.findMany({
        where: { companyId, kind: 'rates-rise' },
        select: { details: true },
      });
    expect(await notices()).toEqual([]);
    await importDearer('3', false);
    expect(await notices()).toMatchObject([
      { details: { file: 'changes.csv', difference: rise?.difference.toFixed(2) } },
    ]);
  });
});

describe('a corrected deck, and what was charged before it', () => {
  it('posts the differences as new entries, once, and leaves what it cannot explain', async () => {
    const { companyId, officeId } = await companyWithUsage();
    expect(inWords(await reRate(deps(), order(companyId)))).toMatchObject({
      dearer: 0,
      cheaper: 0,
      unexplained: 0,
    });
    await importText(AFTER, new Date('2026-11-10T00:00:00Z'));

    const expected = {
      examined: 13,
      dearer: 1,
      cheaper: 3,
      // 0.04 more for London; 0.04 less for Support, 0.0197 for the toll-free call, 0.10 for the conversation.
      difference: '-0.1197',
      withoutRate: 1,
      unexplained: 1,
    };
    const before = await costs(companyId);
    expect(inWords(await reRate(deps(), order(companyId, true)))).toEqual(expected);
    expect(await costs(companyId)).toEqual(before);

    expect(inWords(await reRate(deps(), order(companyId)))).toEqual(expected);
    expect(await costs(companyId)).toEqual({
      london: '0.2400 r1',
      paris: '0.2000 r0',
      home: '0.0000 r0',
      internal: '0.0000 r0',
      unanswered: '0.0000 r0',
      canada: '0.0100 r0',
      supported: '0.0400 r1',
      tollFree: '0.0203 r1',
      text: '0.0160 r0',
      fax: '0.1500 r0',
      conversation: '0.4000 r1',
      silent: '0.0000 r0',
      'by hand': '7.0000 r0',
    });
    const { wallets } = await readBalance(database.db, companyId, CORRECTED);
    const total = (await usageTotals(database.db, { companyId, ...november, by: [] })).map(({ cost }) =>
      cost.toFixed(4),
    );
    expect(total).toEqual(['8.0763']);
    expect(wallets.find((wallet) => wallet.officeId === officeId)?.general.toFixed(4)).toBe('41.9237');

    const audits = await database.db.audit.findMany({ where: { companyId, action: 'usage-re-rated' } });
    expect(audits.at(-1)).toMatchObject({ reason: 'London was wrong', details: { dearer: 1, cheaper: 3 } });
    expect(inWords(await reRate(deps(), order(companyId)))).toMatchObject({
      dearer: 0,
      cheaper: 0,
      difference: '0.0000',
    });
    expect(await findings(database.db)).toEqual([]);
  });

  it('a revision that comes while a page is judged is not overwritten', async () => {
    const { companyId } = await companyWithUsage();
    await importText(
      [...AFTER.slice(0, 1), 'call,,both,44,0.15,60,60', ...AFTER.slice(2)],
      new Date('2026-11-11T00:00:00Z'),
    );
    const [london] = (await listUsage(database.db, { companyId, ...november })).filter(
      (one) => one.externalId === 'london',
    );
    if (london === undefined) throw new Error('nothing was booked');
    const { revision: _, postedAt: __, ...usage } = london;
    const revise = (cost: string) =>
      inTransaction(database.db, (tx) =>
        correctUsage(tx, {
          numberKey,
          companyId,
          usage: { ...usage, durationMs: 30_000, billedSeconds: 60, cost: dollars(cost) },
          key: 'late leg',
          actor: 'test',
          reason: 'A later event',
          at: CORRECTED,
        }),
      );
    await Promise.all([reRate(deps(), order(companyId)), revise('0.15')]);
    // Whichever was first, the later event's duration stands.
    const [after] = (await listUsage(database.db, { companyId, ...november })).filter(
      (one) => one.externalId === 'london',
    );
    expect([after?.durationMs, after?.cost.toFixed(2)]).toEqual([30_000, '0.15']);
    expect(await findings(database.db)).toEqual([]);
  });

  it('describes what it did, and refuses a period that ends before it begins', async () => {
    const { companyId } = await companyWithUsage();
    const corrected = { ...deps(), clock: { ...systemClock, now: () => CORRECTED } };
    const from = new Date('2026-11-01T00:00:00Z');
    const order = { companyId, from, to: new Date('2026-12-01T00:00:00Z'), reason: 'Test', dryRun: true };
    const { lines } = await reRateUsage(corrected, order);
    expect(lines[0]).toMatch(
      /^Would change \d+ of 13 records: \d+ dearer, \d+ cheaper, [+−]?\$0\.\d{4} in all\.$/,
    );
    await expect(reRateUsage(corrected, { ...order, to: from })).rejects.toMatchObject({
      code: 'bad-argument',
    });
  });
});
