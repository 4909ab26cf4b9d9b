/** Plays a file of operations through the ledger's door, as docs/ledger-play.md describes. */
import type { Queryable } from '../../src/db/index.ts';
import { RefillError } from '../../src/errors.ts';
import {
  correctUsage,
  expireHolds,
  extendHold,
  grantCredits,
  lapseExpired,
  type NewUsage,
  openWallets,
  placeHold,
  postUsage,
  refundUsage,
  releaseHold,
  reverseGrant,
  setPooled,
  settleHold,
  type UsageOutcome,
} from '../../src/ledger/index.ts';
import { numberKey } from '../support/number-key.ts';
import { describeBooks, describePast, type Names, written } from './describe-books.ts';
import { type Operation, type OperationOf, PlayFault, readOperations } from './operation.ts';

const START = new Date('2026-11-01T00:00:00Z');
const STORY = { actor: 'play', reason: 'As the file says' };

interface Table {
  db: Queryable;
  names: Names;
  now: Date;
  line: number;
  isOpen: boolean;
  used: Map<string, NewUsage>;
}

/** Plays a file for a new company and yields what each line came to, as a line of JSON. Throws PlayFault. */
export async function* play(db: Queryable, companyId: bigint, text: string): AsyncGenerator<string> {
  const names = { companyId, offices: new Map(), grants: new Map() };
  const table: Table = { db, names, now: START, line: 0, isOpen: false, used: new Map() };
  for (const { line, operation } of readOperations(text)) {
    table.line = line;
    const answer = await attempt(table, operation);
    const books = table.isOpen ? await describeBooks(db, names, table.now) : {};
    yield JSON.stringify({ line, op: operation.op, ...answer, ...books });
  }
}

async function attempt(table: Table, operation: Operation): Promise<object> {
  if (!table.isOpen && operation.op !== 'clock' && operation.op !== 'company')
    throw new PlayFault(table.line, 'comes before there is a company');
  try {
    return await run(table, operation);
  } catch (error) {
    if (error instanceof RefillError) return { error: error.code };
    throw error;
  }
}

async function run(table: Table, operation: Operation): Promise<object> {
  const { db, now: at } = table;
  const { companyId } = table.names;
  const told = { companyId, at };
  const story = { ...told, ...STORY, key: ('id' in operation && operation.id) || `line-${table.line}` };
  switch (operation.op) {
    case 'clock':
      return setClock(table, operation);
    case 'company':
      return openCompany(table, operation);
    case 'grant':
      return grant(table, operation);
    case 'use': {
      const records = [rememberUsage(table, operation)];
      const outcomes = await postUsage(db, { numberKey, ...told, records, force: operation.force ?? false });
      return outcomes.map(writeOutcome)[0] ?? {};
    }
    case 'correct': {
      const usage = { ...findUsage(table, operation.key), ...readFacts(table, operation) };
      const { version } = operation;
      return writeRevision(
        await correctUsage(db, {
          numberKey,
          ...story,
          usage,
          ...(version === undefined ? {} : { version: BigInt(version) }),
        }),
      );
    }
    case 'refund': {
      const { source, externalId } = findUsage(table, operation.key);
      const { amount, keepLapsed = false } = operation;
      const refund = {
        ...story,
        source,
        externalId,
        keepLapsed,
        ...(amount === undefined ? {} : { amount }),
      };
      return writeRevision(await refundUsage(db, refund));
    }
    case 'hold': {
      const { hold: key, amount, until: expiresAt } = operation;
      const officeId = findOffice(table, operation.office);
      return placeHold(db, { ...told, key, amount, expiresAt, officeId, class: operation.class });
    }
    case 'extend':
      return extendHold(db, {
        ...told,
        key: operation.hold,
        amount: operation.amount,
        expiresAt: operation.until,
      });
    case 'settle':
      return writeOutcome(
        await settleHold(db, {
          numberKey,
          ...told,
          key: operation.hold,
          usage: rememberUsage(table, operation),
        }),
      );
    case 'release':
      return releaseHold(db, { ...told, key: operation.hold });
    case 'expire':
      return { outcome: 'posted', expired: await expireHolds(db, companyId, at) };
    case 'lapse': {
      const lapses = await lapseExpired(db, companyId, at);
      return {
        outcome: 'posted',
        lapsed: lapses.map(({ kind, amount }) => ({ kind, amount: written(amount) })),
      };
    }
    case 'reverse': {
      const grantId = findGrant(table, operation.name);
      const { amount } = operation;
      const answer = await reverseGrant(db, {
        ...story,
        grantId,
        ...(amount === undefined ? {} : { amount }),
      });
      return { outcome: answer.outcome, reversed: written(answer.reversed) };
    }
    case 'scope': {
      const shares = Object.entries(operation.allocation);
      const allocation = shares.map(([name, amount]) => ({ officeId: idOfOffice(table, name), amount }));
      return setPooled(db, { ...story, pooled: operation.pooled, allocation });
    }
    case 'read':
      return operation.at === undefined ? {} : describePast(db, table.names, operation.at);
  }
}

function setClock(table: Table, { at }: OperationOf<'clock'>): object {
  if (at < table.now)
    throw new PlayFault(table.line, `the clock stands at ${table.now.toISOString()} already`);
  table.now = at;
  return { at: at.toISOString() };
}

async function openCompany(table: Table, operation: OperationOf<'company'>): Promise<object> {
  if (table.isOpen) throw new PlayFault(table.line, 'a file plays with one company');
  operation.offices.forEach((name, index) => {
    table.names.offices.set(name, BigInt(index + 1));
  });
  const primaryOfficeId = idOfOffice(table, operation.primary ?? operation.offices[0] ?? '');
  const { companyId, offices } = table.names;
  const officeIds = [...offices.values()];
  await openWallets(table.db, {
    companyId,
    officeIds,
    primaryOfficeId,
    pooled: operation.pooled,
    at: table.now,
  });
  table.isOpen = true;
  return { outcome: 'posted' };
}

async function grant(table: Table, operation: OperationOf<'grant'>): Promise<object> {
  const { kind, amount, from, until } = operation;
  if ((kind === 'general') !== (until === undefined))
    throw new PlayFault(table.line, 'a bundle has an end (until), general credits have none');
  const answer = await grantCredits(table.db, {
    companyId: table.names.companyId,
    officeId: findOffice(table, operation.office),
    kind,
    amount,
    key: operation.name,
    source: kind === 'general' ? 'purchase' : 'bundle',
    reference: operation.name,
    ...STORY,
    ...(from === undefined ? {} : { effectiveAt: from }),
    ...(until === undefined ? {} : { effectiveAt: from ?? table.now, expiresAt: until }),
    at: table.now,
  });
  table.names.grants.set(operation.name, answer.grantId);
  return { outcome: answer.outcome };
}

/** The facts that a line names; what it leaves out keeps what it was. */
function readFacts(table: Table, line: OperationOf<'use' | 'correct' | 'settle'>): Partial<NewUsage> {
  return {
    ...(line.cost === undefined ? {} : { cost: line.cost }),
    ...(line.office === undefined ? {} : { officeId: findOffice(table, line.office) }),
    ...(line.class === undefined ? {} : { class: line.class }),
    ...(line.category === undefined ? {} : { category: line.category }),
    ...(line.direction === undefined ? {} : { direction: line.direction }),
    ...(line.at === undefined ? {} : { usageAt: line.at }),
    ...(line.version === undefined ? {} : { version: BigInt(line.version) }),
    ...(line.seconds === undefined ? {} : { durationMs: line.seconds * 1_000, billedSeconds: line.seconds }),
  };
}

function rememberUsage(table: Table, line: OperationOf<'use' | 'settle'>): NewUsage {
  const usage = {
    source: 'play',
    externalId: line.key,
    officeId: null,
    departmentId: null,
    memberId: null,
    class: 'calls' as const,
    category: line.class === 'ai' ? 'ai_conversation' : 'international',
    direction: 'outbound' as const,
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    usageAt: table.now,
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    price: null,
    cost: line.cost,
    ...readFacts(table, line),
  };
  if (!table.used.has(line.key)) table.used.set(line.key, usage);
  return usage;
}

function findUsage(table: Table, key: string): NewUsage {
  const usage = table.used.get(key);
  if (usage === undefined) throw new PlayFault(table.line, `no line before it uses the key "${key}"`);
  return usage;
}

function findGrant(table: Table, name: string): bigint {
  const id = table.names.grants.get(name);
  if (id === undefined) throw new PlayFault(table.line, `no line before it grants "${name}"`);
  return id;
}

function idOfOffice(table: Table, name: string): bigint {
  const id = table.names.offices.get(name);
  if (id === undefined) throw new PlayFault(table.line, `the company has no office "${name}"`);
  return id;
}

function findOffice(table: Table, name: string | null | undefined): bigint | null {
  return name === null || name === undefined ? null : idOfOffice(table, name);
}

/** JSON has no BIGINT. */
function writeOutcome(answer: UsageOutcome): object {
  return answer.outcome === 'conflict' ? { ...answer, bookedVersion: Number(answer.bookedVersion) } : answer;
}

function writeRevision(answer: Awaited<ReturnType<typeof correctUsage>>): object {
  if (answer.outcome === 'stale')
    return { outcome: answer.outcome, bookedVersion: Number(answer.bookedVersion) };
  const { outcome, revision, returned, drawn } = answer;
  return { outcome, revision, returned: written(returned), drawn: written(drawn) };
}
