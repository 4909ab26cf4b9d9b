import { openCode } from '../../../src/billing/cards/check/check-code.ts';
import {
  answerCheck,
  claimCard,
  clearDisputes,
  disownCard,
  startCardLink,
} from '../../../src/billing/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import { putCardOnFile } from '../../support/company.ts';
import { isLost, type World, workJob } from './world.ts';

/** The card on file is another from now on, whatever is under way with the old one. */
export async function replaceCard({ deps, company, processor }: World): Promise<void> {
  await putCardOnFile({ ...deps, gateway: processor.gateway }, company.companyId);
}

/** An admin opens the processor's page and types a card there. */
export async function addCard(world: World): Promise<void> {
  const { deps, db, chance, company } = world;
  try {
    await startCardLink(deps, chance.pick([company.ana, company.li]), {});
  } catch (error) {
    if (!isLost(error)) throw error;
    return;
  }
  const link = await db.cardLink.findFirstOrThrow({
    where: { companyId: company.companyId },
    orderBy: { createdAt: 'desc' },
  });
  await workJob(world, { name: 'card-page', payload: { id: link.sessionId } });
}

/** Somebody says that a new card is theirs, or is not; whether it was they who typed it or not. */
export async function claim({ deps, db, chance, company }: World): Promise<void> {
  const card = await db.card.findFirst({
    where: { companyId: company.companyId, claimedAt: null, removedAt: null },
    orderBy: { id: 'asc' },
  });
  if (card === null) return;
  const answer = chance.oneIn(6) ? disownCard : claimCard;
  await answer(deps, chance.pick([company.ana, company.li]), card.id);
}

/** Somebody says what the small charge was, rightly or not. */
export async function answer({ deps, db, chance, company }: World): Promise<void> {
  const check = await db.cardCheck.findFirst({
    where: { companyId: company.companyId, state: 'waiting' },
    orderBy: { id: 'asc' },
  });
  if (check === null) return;
  const amount = fromMicros(check.amountMicros);
  const code = openCode(deps.secrets, check);
  const reading = chance.pick([
    { amount },
    { amount: amount.plus(dollars('0.01')) },
    { code: code ?? 'AAAA' },
    { code: 'AAAA' },
  ]);
  await answerCheck(deps, chance.pick([company.ana, company.li]), check.token, reading);
}

/** A card's holder takes a charge back, or it is decided whose money it is; the webhook may come late. */
export async function dispute(world: World): Promise<void> {
  const { processor, chance } = world;
  const open = [...processor.disputes].find(([, { state }]) => state === 'open');
  const charge = processor.charges.at(-chance.between(1, 3));
  let id: string;
  if (open !== undefined && chance.oneIn(2)) {
    id = open[0];
    processor.decide(id, chance.pick(['won', 'lost', 'lost']));
  } else if (charge !== undefined && ![...processor.disputes.values()].some(isAbout(charge.intentId))) {
    id = processor.dispute(charge);
  } else return;
  const webhook = { name: 'dispute', payload: { id } };
  if (chance.oneIn(3)) world.again.push(webhook);
  else await workJob(world, webhook);
}

const isAbout =
  (intentId: string) =>
  (dispute: { intentId: string | null }): boolean =>
    dispute.intentId === intentId;

/** Somebody refunds a payment by hand, or a refund arrives or fails; the webhook may come late or never. */
export async function refund(world: World): Promise<void> {
  const { processor, chance } = world;
  const pending = [...processor.refunds].find(([, { state }]) => state === 'pending');
  const charge = processor.charges.at(-chance.between(1, 3));
  let id: string | null = null;
  if (pending !== undefined && chance.oneIn(2)) {
    id = pending[0];
    processor.decideRefund(id, chance.pick(['succeeded', 'succeeded', 'failed']));
  } else if (charge !== undefined)
    id = processor.refund(charge, chance.pick([dollars('5'), charge.amount.dividedBy(4), charge.amount]));
  if (id === null || chance.oneIn(4)) return;
  const webhook = { name: 'refund', payload: { id } };
  if (chance.oneIn(3)) world.again.push(webhook);
  else await workJob(world, webhook);
}

/** The operator lets the company go on. */
export async function clear({ deps, company }: World): Promise<void> {
  await clearDisputes(deps, company.companyId, 'the simulation');
}

/** Every refund and dispute comes to its end, which the sweep finds out; and the company may go on. */
export async function closeDisputes(world: World): Promise<void> {
  for (const id of world.processor.refunds.keys())
    world.processor.decideRefund(id, world.chance.pick(['succeeded', 'failed']));
  for (const id of world.processor.disputes.keys()) {
    world.processor.decide(id, world.chance.pick(['won', 'lost']));
    await workJob(world, { name: 'dispute', payload: { id } });
  }
  await clear(world);
}
