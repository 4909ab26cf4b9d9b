import {
  confirmPurchase,
  openDraft,
  type PurchaseReview,
  reviewPurchase,
} from '../../../src/billing/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import type { World } from './world.ts';

const SURFACE = { viewId: 'V1' };

/**
 * Two admins with a form each for the same credits: each confirms while another window of theirs makes $100 of the $20,
 * and then once more from the form that is stale by then. What is claimed is what the form showed.
 */
export async function raceForms(world: World): Promise<void> {
  const { company } = world;
  const forms = [await openForm(world, company.ana), await openForm(world, company.li)];
  await Promise.all(forms.flatMap((form) => [confirm(world, form), edit(world, form)]));
  for (const form of forms) await confirm(world, form);
}

interface Form {
  person: Person;
  shown: PurchaseReview;
}

const scopeOf = ({ walletIds, company }: World) =>
  walletIds.length === 1
    ? ({ kind: 'company' } as const)
    : ({ kind: 'office', officeId: company.officeIds[0] } as const);

async function openForm(world: World, person: Person): Promise<Form> {
  const { token } = await openDraft(world.deps, person, SURFACE);
  const choice = { scope: scopeOf(world), amount: dollars('20') };
  const shown = await reviewPurchase(world.deps, person, token, [choice]);
  world.windows.push({ person, shown });
  return { person, shown };
}

async function edit(world: World, { person, shown }: Form): Promise<void> {
  const choice = { scope: scopeOf(world), amount: dollars('100') };
  await reviewPurchase(world.formDeps, person, shown.token, [choice]).catch(() => undefined);
}

async function confirm(world: World, { person, shown }: Form): Promise<void> {
  const done = await confirmPurchase(world.formDeps, person, shown, SURFACE).catch(() => null);
  if (done?.outcome !== 'confirmed') return;
  const order = await world.db.purchaseOrder.findUniqueOrThrow({ where: { token: shown.token } });
  if (!fromMicros(order.amountMicros ?? 0n).equals(shown.amount))
    world.breaks.push('a confirmation charged what its form did not show');
}
