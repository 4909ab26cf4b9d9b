import { adjustCredits } from '../../../src/billing/index.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { demoCompany } from '../../../src/demo/index.ts';
import { setLimit } from '../../../src/limits/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import type { TryOut } from '../../support/try-out.ts';

/** A spending limit of each office and one of a department: one is reached, one has room. */
export async function setWalkLimits({ app: { db }, sandbox: { clock } }: TryOut): Promise<void> {
  const offices = await db.office.findMany({ orderBy: { id: 'asc' } });
  const department = await db.department.findFirst();
  const subjects = [
    ...offices.map(({ id: officeId }) => ({ kind: 'office' as const, officeId })),
    ...(department === null ? [] : [{ kind: 'department' as const, departmentId: department.id }]),
  ];
  for (const [index, subject] of subjects.entries()) {
    const amount = dollars(index === 0 ? '5' : '400');
    const of = { companyId: offices[0]?.companyId ?? 0n, reason: 'For the walk' };
    await setLimit({ db, clock }, of, { subject, period: 'month', amount, levels: [50, 80] });
  }
}

/** New York is overdrawn, its auto-recharge is on, and its card is declined. */
export async function makeTrouble(tryOut: TryOut): Promise<void> {
  const { card, workspace } = tryOut.sandbox;
  const { driver } = workspace;
  card.setBehaviour('decline');
  await driver.command('li', '#phone-credits', '/credits auto-recharge on');
  await driver.eventually(async () => (await driver.views('li')).length > 0);
  await driver.submit('li');
  await driver.close('li', { all: true }).catch(() => undefined);
  await takeCredits(tryOut);
  await postLateCall(tryOut);
  await driver.eventually(async () =>
    (await driver.messages('ana', '#phone-credits')).some(({ text }) => /Auto-recharge failed/.test(text)),
  );
}

/** Takes all general credits of New York. */
async function takeCredits({ app: { db, billing } }: TryOut): Promise<void> {
  const office = await db.office.findFirstOrThrow({ where: { name: 'New York' } });
  const wallet = await db.wallet.findFirstOrThrow({ where: { officeId: office.id } });
  const amount = fromMicros(wallet.generalMicros);
  await inTransaction(db, (tx) =>
    adjustCredits(tx, {
      companyId: office.companyId,
      officeId: office.id,
      kind: 'deduction',
      amount,
      reason: 'For the walk',
      actor: 'operator',
      at: billing.clock.now(),
    }),
  );
}

/** A call of Li's that ended after the credits were out: it overdraws them. */
async function postLateCall({ appUrl, sandbox: { clock } }: TryOut): Promise<void> {
  const now = clock.now().getTime();
  const answer = await fetch(`${appUrl}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${demoCompany().usageKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'late-call',
      kind: 'call',
      direction: 'outbound',
      internal_number: '+12125550102',
      external_number: '+5355512345',
      answered_at: new Date(now - 1_790_000).toISOString(),
      duration_seconds: 1_780,
    }),
  });
  if (!answer.ok) throw new Error(`the late call was refused: ${await answer.text()}`);
}
