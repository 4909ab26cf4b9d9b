import { addBundle, adjustCredits, type BillingDeps, ensureCustomer } from '../billing/index.ts';
import { MovableClock } from '../clock.ts';
import { inTransaction, type Tx } from '../db/index.ts';
import { dollars } from '../money.ts';
import { addEndpoint, listEndpoints, removeEndpoint, testEndpoint } from '../notices/index.ts';
import {
  connectPhoneSystem,
  createCompany,
  type SecretBox,
  saveWorkspace,
  setEnforcement,
} from '../org/index.ts';
import { createApiKey, findApiKey, importSampleDeck } from '../usage/index.ts';
import {
  type CastMember,
  CREDITS_CHANNEL_ID,
  DEMO_API_KEY,
  DEMO_BOT,
  DEMO_CAST,
  DEMO_HOLD_KEY,
  TEAM_ID,
  TOLL_FREE_NUMBER,
} from './cast.ts';
import { historyMs, liveThrough } from './history/live-through.ts';

const OFFICES = [
  { name: 'San Francisco', country: 'US' },
  { name: 'New York', country: 'US' },
];
const DEPARTMENTS = ['Operations', 'Sales', 'Support'];
const TEST_CARD = 'pm_card_visa';
const ADMIN_ID = 'U0ANA00001';
const TIME_ZONE = 'America/Los_Angeles';

/** Where the phone system is told of credits, and how it learns what signs it. */
interface PhoneEvents {
  url: string;
  trust(secret: string): void;
}

/** How a demo company begins. `empty`: linked to its workspace, with one admin, and nothing else set up. */
type DemoKind = 'history' | 'new' | 'invoice' | 'empty';

/**
 * Creates Acme Corp, linked to the local workspace, with a card on file (or an invoice limit) and a little credit, and the
 * sample rates, so that nothing is empty at the first look; `kind` says otherwise. Its directory is read from `phoneSystem`.
 * Where the clock was set back, what it did since is played, too. Does nothing where the company exists already.
 */
export async function createDemoCompany(
  deps: BillingDeps & { secrets: SecretBox },
  botToken: string,
  {
    kind = 'new',
    phoneSystem,
    events,
  }: { kind?: DemoKind; phoneSystem?: { url: string; key: string }; events?: PhoneEvents } = {},
): Promise<void> {
  const at = deps.clock.now();
  await saveWorkspace(deps, {
    teamId: TEAM_ID,
    name: 'Acme Corp',
    botToken,
    botUserId: DEMO_BOT.userId,
    botId: DEMO_BOT.botId,
    at,
  });
  const workspace = await deps.db.workspace.findUniqueOrThrow({ where: { teamId: TEAM_ID } });
  const companyId = workspace.companyId ?? (await inTransaction(deps.db, (tx) => foundCompany(tx, kind, at)));
  if (kind === 'history' || kind === 'new') await putCardOnFile(deps, companyId, at);
  if ((await findApiKey(deps.db, DEMO_API_KEY)) === null)
    await createApiKey(deps, { companyId, name: 'The phone system' }, DEMO_API_KEY);
  await importSampleDeck(deps.db, at);
  await offerBundles(deps.db, at);
  if (deps.clock instanceof MovableClock && deps.clock.aheadMs < 0)
    await catchUp({ ...deps, clock: deps.clock }, companyId);
  // Its address is another one at each start.
  if (phoneSystem !== undefined) await connectPhoneSystem(deps, { companyId, ...phoneSystem });
  if (events !== undefined) await enforceCredits(deps, companyId, events);
}

/** Has the phone system told of the company's credits, whose paid calls it stops where there are none (R6.8). */
async function enforceCredits(
  deps: BillingDeps & { secrets: SecretBox },
  companyId: bigint,
  events: PhoneEvents,
): Promise<void> {
  if ((await findApiKey(deps.db, DEMO_HOLD_KEY)) === null)
    await createApiKey(
      deps,
      { companyId, name: 'Holds of the phone system', scopes: ['holds:write'], capture: 'posts' },
      DEMO_HOLD_KEY,
    );
  for (const { id } of await listEndpoints(deps.db, companyId)) await removeEndpoint(deps, { companyId, id });
  const { id, secret } = await addEndpoint(deps, { companyId, url: events.url });
  events.trust(secret);
  // Credits are enforced once a ping was accepted: from the first moment, not from when the queue comes to it.
  await testEndpoint(deps, { companyId, id });
  await inTransaction(deps.db, (tx) => setEnforcement(tx, companyId, 'enforced'));
}

/** From where the clock was set back to the present; a history that fails on its way is shorter, and no reason not to start. */
async function catchUp(
  deps: BillingDeps & { secrets: SecretBox; clock: MovableClock },
  companyId: bigint,
): Promise<void> {
  const { clock, log } = deps;
  try {
    await liveThrough(deps, companyId);
  } catch (error) {
    log.warn({ err: error }, 'the demo company’s history ends early');
  } finally {
    if (clock.aheadMs < 0) clock.advance(-clock.aheadMs);
  }
}

async function foundCompany(tx: Tx, kind: DemoKind, at: Date): Promise<bigint> {
  const { companyId, officeIds } = await createCompany(tx, {
    name: 'Acme Corp',
    timeZone: TIME_ZONE,
    country: 'US',
    billingMethod: kind === 'invoice' ? 'invoice' : 'card',
    billingDay: 1,
    pooled: false,
    limits: {
      min: dollars('5'),
      max: dollars('1000'),
      perDay: dollars('2500'),
      exposure: dollars(kind === 'invoice' ? '2000' : '0'),
    },
    offices: OFFICES,
    at,
  });
  await tx.company.update({ where: { id: companyId }, data: { invoiceEmail: 'billing@acme.example' } });
  await tx.workspace.update({ where: { teamId: TEAM_ID }, data: { companyId, boundAt: at } });
  if (kind === 'empty') {
    await grantRole(tx, companyId, { userId: ADMIN_ID, role: 'company_admin', officeId: null }, at);
    return companyId;
  }
  await tx.noticeChannel.create({
    data: { companyId, kind: 'any', teamId: TEAM_ID, channelId: CREDITS_CHANNEL_ID },
  });
  await seatPeople(tx, companyId, officeIds, at);
  const opening = [
    { officeId: officeIds[0], amount: dollars('32.40') },
    { officeId: officeIds[1] ?? officeIds[0], amount: dollars('18.25') },
  ];
  for (const { officeId, amount } of opening) {
    await adjustCredits(tx, {
      companyId,
      kind: 'opening',
      officeId: officeId ?? null,
      amount,
      reason: 'Opening balance of the demo company',
      actor: 'operator',
      at,
    });
  }
  return companyId;
}

async function seatPeople(tx: Tx, companyId: bigint, officeIds: readonly bigint[], at: Date): Promise<void> {
  const officeOf = (name: string | null): bigint | null =>
    officeIds[OFFICES.findIndex((office) => office.name === name)] ?? null;
  const departmentIds = new Map<string, bigint>();
  for (const officeId of officeIds) {
    for (const name of DEPARTMENTS) {
      const { id } = await tx.department.create({ data: { companyId, officeId, name } });
      departmentIds.set(`${officeId}/${name}`, id);
    }
  }
  await tx.phoneNumber.create({
    data: { companyId, number: TOLL_FREE_NUMBER, kind: 'toll_free', officeId: officeIds[0] ?? 0n },
  });
  for (const person of DEMO_CAST) {
    const officeId = officeOf(person.office);
    if (officeId !== null) {
      const departmentId = departmentIds.get(`${officeId}/${person.department}`) ?? null;
      await addMember(tx, companyId, person, { officeId, departmentId });
    }
    // A member is one by the directory alone.
    if (person.role === null || person.role === 'member') continue;
    const ofOffice = person.role === 'company_admin' ? null : officeId;
    await grantRole(tx, companyId, { userId: person.id, role: person.role, officeId: ofOffice }, at);
  }
}

async function grantRole(
  tx: Tx,
  companyId: bigint,
  role: { userId: string; role: Exclude<CastMember['role'], 'member' | null>; officeId: bigint | null },
  at: Date,
): Promise<void> {
  await tx.roleAssignment.create({
    data: { companyId, teamId: TEAM_ID, ...role, grantedBy: 'operator', grantedAt: at, checkedAt: at },
  });
}

async function addMember(
  tx: Tx,
  companyId: bigint,
  person: CastMember,
  place: { officeId: bigint; departmentId: bigint | null },
): Promise<void> {
  const { id: memberId } = await tx.member.create({
    data: {
      companyId,
      ...place,
      kind: 'person',
      name: person.realName,
      email: `${person.name}@acme.example`,
      licence: 'talk',
      slackUserId: person.id,
    },
  });
  if (person.number === null) return;
  const { officeId } = place;
  await tx.phoneNumber.create({
    data: { companyId, number: person.number, kind: 'local', officeId, memberId },
  });
}

/** How far the clock of a demo company that is founded now is set back, so that it has a history. */
export function demoHistoryMs(now: Date): number {
  return historyMs(now, TIME_ZONE);
}

/** Asks the processor for its test card, once; both sides remember it. */
async function putCardOnFile(deps: BillingDeps, companyId: bigint, at: Date): Promise<void> {
  if ((await deps.db.card.count({ where: { companyId } })) > 0) return;
  const customerId = await ensureCustomer(deps, companyId);
  const card = await deps.gateway.attachCard({
    cardId: TEST_CARD,
    customerId,
    key: `demo-card-${companyId}-${customerId}`,
  });
  await deps.db.card.create({
    data: {
      companyId,
      processorId: card.id,
      brand: card.brand,
      last4: card.last4,
      expMonth: card.expMonth,
      expYear: card.expYear,
      fingerprint: card.fingerprint,
      isDefault: true,
      addedBy: 'operator',
      addedAt: at,
      claimedAt: at,
      confirmedAt: at,
      passedAt: at,
    },
  });
}

/** What the demo's operator sells. */
async function offerBundles(db: BillingDeps['db'], at: Date): Promise<void> {
  if ((await db.bundle.count()) > 0) return;
  await addBundle(db, {
    name: 'Calling 150',
    kind: 'calling',
    period: 'monthly',
    credit: dollars('150'),
    price: dollars('120'),
    at,
  });
  await addBundle(db, {
    name: 'AI 100',
    kind: 'ai',
    period: 'annual',
    credit: dollars('100'),
    price: dollars('80'),
    at,
  });
}
