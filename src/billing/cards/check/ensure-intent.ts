import { randomInt } from 'node:crypto';
import { fromCents, fromMicros, toCents, toMicros } from '../../../money.ts';
import type { BillingDeps } from '../../deps.ts';
import { GatewayRefusedError } from '../../gateway.ts';
import { gatewayFor, reportRefusal } from '../../processor/company-gateway.ts';
import { withCustomer } from '../../processor/customer.ts';
import type { CheckRow } from '../card.ts';
import { placeOfStatement } from './check-code.ts';
import { MAX_CHECK_CENTS } from './check-limits.ts';

/**
 * The intent of a check's charge, created once. An amount below the account's smallest charge is drawn again above it, and
 * a suffix that the account refuses is left out: neither costs a try, and each request has a key of its own (R13).
 * Throws what the gateway throws.
 */
export async function ensureCheckIntent(deps: BillingDeps, check: CheckRow): Promise<string> {
  let current = check;
  while (current.intentId === null) {
    const answer = await createIntent(deps, current);
    if (!('refused' in answer)) current = await store(deps, current, { intentId: answer.id });
    else if (answer.refused === 'suffix') current = await store(deps, current, { statementEncrypted: null });
    else current = await store(deps, current, await sampleAbove(deps, current));
  }
  return current.intentId;
}

async function createIntent(deps: BillingDeps, check: CheckRow) {
  const { companyId, cardId, token, amountMicros, statementEncrypted } = check;
  const { processorId } = await deps.db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: cardId } },
  });
  const suffix =
    statementEncrypted === null ? null : deps.secrets.open(statementEncrypted, placeOfStatement(token));
  return await withCustomer(
    deps,
    companyId,
    (customerId) =>
      gatewayFor(deps, companyId).createCheckIntent({
        customerId,
        cardId: processorId,
        amount: fromMicros(amountMicros),
        description: 'Card check, refunded',
        reference: `${companyId}/card-check/${check.id}`,
        key: `${token}-create-${check.redraws}${suffix === null ? '-plain' : ''}`,
        suffix,
      }),
    { needsCard: true },
  );
}

/** Another amount, larger than the one that was refused. Throws GatewayRefusedError where none is left. */
async function sampleAbove(
  deps: BillingDeps,
  { companyId, amountMicros, redraws }: CheckRow,
): Promise<{ amountMicros: bigint; redraws: number }> {
  const smallest = toCents(fromMicros(amountMicros)) + 1;
  if (smallest <= MAX_CHECK_CENTS) {
    const cents = randomInt(smallest, MAX_CHECK_CENTS + 1);
    return { amountMicros: toMicros(fromCents(cents)), redraws: redraws + 1 };
  }
  const error = new GatewayRefusedError(
    'amount_too_small',
    'the account charges no amount that a check may have',
  );
  await reportRefusal(deps, companyId, 'createCheckIntent', error);
  throw error;
}

async function store(
  { db }: BillingDeps,
  { token }: CheckRow,
  data: Partial<Pick<CheckRow, 'intentId' | 'amountMicros' | 'redraws' | 'statementEncrypted'>>,
): Promise<CheckRow> {
  return await db.cardCheck.update({ where: { token }, data });
}
