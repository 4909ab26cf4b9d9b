import { type Db, Prisma } from '../../src/db/index.ts';
import { RefillError } from '../../src/errors.ts';
import {
  correctUsage,
  grantCredits,
  lapseExpired,
  type NewUsage,
  placeHold,
  postUsage,
  readBalance,
  refundUsage,
  reverseGrant,
  setPooled,
} from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { type TestCompany, testCompany } from './company.ts';
import { numberKey } from './number-key.ts';
import { HOUR_MS, type Move, QUARTER_HOUR_MS, type RandomUsage, type Story } from './random-story.ts';

/** A company with the books of a story. */
export class RandomBooks {
  readonly db: Db;
  readonly company: TestCompany;
  readonly memberIds: readonly bigint[];
  readonly departmentIds: readonly bigint[];
  readonly #turn: number;
  readonly #used: NewUsage[] = [];
  readonly #grantIds: bigint[] = [];
  #now: number;
  #keys = 0;

  private constructor(
    db: Db,
    company: TestCompany,
    people: { members: bigint[]; departments: bigint[] },
    turn: Date,
  ) {
    this.db = db;
    this.company = company;
    this.memberIds = people.members;
    this.departmentIds = people.departments;
    this.#turn = turn.getTime();
    this.#now = this.#turn;
  }

  /** Writes the books of a story; what the ledger refuses does not happen. */
  static async write(db: Db, { scene, pooled, moves }: Story): Promise<RandomBooks> {
    const company = await testCompany(db, { pooled, timeZone: scene.timeZone });
    const books = new RandomBooks(db, company, await hire(db, company), new Date(scene.turn));
    for (const [laterMs, one] of moves) {
      books.#now += laterMs;
      await books.#play(one).catch((error: unknown) => {
        if (!(error instanceof RefillError)) throw error;
      });
    }
    return books;
  }

  get now(): Date {
    return new Date(this.#now);
  }

  /** Posts usage of now and of long ago, as it comes while somebody reads. */
  async postMore(): Promise<void> {
    const facts = {
      office: 0,
      member: 0,
      department: null,
      category: 'sms',
      source: 'api',
      past: 0,
      cents: 5,
    } as const;
    const { companyId } = this.company;
    const records = [-140, 0, 140].map((quarter) => this.#usage({ ...facts, quarter }));
    await postUsage(this.db, { numberKey, companyId, at: this.now, records, force: true });
  }

  async #play(one: Move): Promise<void> {
    switch (one.op) {
      case 'general':
      case 'bundle':
        return this.#grant(one);
      case 'use': {
        const records = one.usages.map((each) => this.#usage(each));
        this.#used.push(...records);
        await postUsage(this.db, { numberKey, ...this.#told, records, force: true });
        return;
      }
      case 'correct':
      case 'refund':
        return this.#revise(one);
      case 'lapse':
        return void (await lapseExpired(this.db, this.company.companyId, this.now));
      case 'hold': {
        const until = new Date(this.#now + HOUR_MS);
        const what = { key: this.#key(), officeId: this.#office(one.office), class: 'calls' as const };
        return void (await placeHold(this.db, {
          ...this.#told,
          ...what,
          amount: inDollars(one.cents),
          expiresAt: until,
        }));
      }
      case 'reverse': {
        const grantId = this.#grantIds.at(-1 - one.which);
        if (grantId !== undefined) await reverseGrant(this.db, { ...this.#why, grantId });
        return;
      }
      case 'share':
        return this.#share();
    }
  }

  async #grant(one: Extract<Move, { op: 'general' | 'bundle' }>): Promise<void> {
    const span =
      one.op === 'general'
        ? {}
        : {
            effectiveAt: new Date(this.#now + one.fromHours * HOUR_MS),
            expiresAt: new Date(this.#now + (one.fromHours + one.hours) * HOUR_MS),
          };
    const { grantId } = await grantCredits(this.db, {
      ...this.#why,
      officeId: this.#office(one.office),
      kind: one.op === 'general' ? 'general' : one.kind,
      amount: inDollars(one.cents),
      source: 'test',
      reference: this.#key(),
      ...span,
    });
    this.#grantIds.push(grantId);
  }

  async #revise(one: Extract<Move, { op: 'correct' | 'refund' }>): Promise<void> {
    const at = this.#used.length - 1 - one.which;
    const booked = this.#used[at];
    if (booked === undefined) return;
    const { source, externalId } = booked;
    if (one.op === 'refund') {
      const amount = one.cents === undefined ? {} : { amount: inDollars(one.cents) };
      await refundUsage(this.db, { ...this.#why, source, externalId, ...amount });
      return;
    }
    const corrected = { ...this.#usage(one.usage), source, externalId };
    await correctUsage(this.db, { numberKey, ...this.#why, usage: corrected, force: true });
  }

  async #share(): Promise<void> {
    const { companyId, officeIds } = this.company;
    const { pooled, wallets } = await readBalance(this.db, companyId, this.now);
    const amount = wallets.find(({ officeId }) => officeId === null)?.general ?? dollars('0');
    const allocation = pooled ? [{ officeId: officeIds[1] ?? officeIds[0], amount }] : [];
    await setPooled(this.db, { ...this.#why, pooled: !pooled, allocation });
  }

  get #told() {
    return { companyId: this.company.companyId, at: this.now };
  }

  get #why() {
    return { ...this.#told, key: this.#key(), actor: 'test', reason: 'Test' };
  }

  #key(): string {
    this.#keys += 1;
    return `key-${String(this.#keys).padStart(5, '0')}`;
  }

  #office(index: number | null): bigint | null {
    return index === null ? null : (this.company.officeIds[index] ?? null);
  }

  #usage(from: RandomUsage): NewUsage {
    const isText = from.category === 'sms';
    return {
      source: from.source,
      externalId: this.#key(),
      officeId: this.#office(from.office),
      departmentId: from.department === null ? null : (this.departmentIds[from.department] ?? null),
      memberId: from.member === null ? null : (this.memberIds[from.member] ?? null),
      class: from.category === 'ai_conversation' ? 'ai' : 'calls',
      category: from.category,
      direction: from.cents % 2 === 0 ? 'inbound' : 'outbound',
      externalNumber: '+442071838750',
      internalNumber: '+14155550100',
      usageAt: new Date(this.#turn + from.quarter * QUARTER_HOUR_MS + from.past),
      durationMs: isText ? 0 : 61_500 + from.cents,
      billedSeconds: isText ? 0 : 120,
      quantity: isText ? 3 : 1,
      cost: inDollars(from.cents).plus('0.0001'),
      price: null,
    };
  }
}

const inDollars = (amount: number) => dollars((amount / 100).toFixed(2));

/** Three people and two departments, so that totals can be told apart by them. */
async function hire(
  db: Db,
  { companyId, officeIds }: TestCompany,
): Promise<{ members: bigint[]; departments: bigint[] }> {
  const officeId = officeIds[0];
  const departments = await db.$queryRaw<{ id: bigint }[]>`
    INSERT INTO department (company_id, office_id, name) VALUES ${Prisma.join(
      ['Sales', 'Support'].map((name) => Prisma.sql`(${companyId}, ${officeId}, ${name})`),
    )} RETURNING id`;
  const members = await db.$queryRaw<{ id: bigint }[]>`
    INSERT INTO member (company_id, office_id, kind, name, licence) VALUES ${Prisma.join(
      ['Ann', 'Bob', 'Cyd'].map((name) => Prisma.sql`(${companyId}, ${officeId}, 'person', ${name}, 'talk')`),
    )} RETURNING id`;
  return { members: members.map(({ id }) => id), departments: departments.map(({ id }) => id) };
}
