import { randomBytes, randomInt } from 'node:crypto';
import { openDraft, readSubscriptions, reviewBundle } from '../../../../src/billing/index.ts';
import { dollars, toMicros } from '../../../../src/money.ts';
import { actorOf, encodeScope } from '../../../../src/org/index.ts';
import { IDS } from '../../../support/slack-ids.ts';
import { type Carried, chosen, officeOf, type Place, scopeOf, type Thing, tokenIn, typed } from './thing.ts';

const newToken = (): string => randomBytes(18).toString('base64url');
const CHECK_AMOUNT = dollars('1.23');

/** A card that the owner added, as far as `data` says. */
async function addCard({ world, estate, owner }: Place, data: object): Promise<bigint> {
  const at = world.app.billing.clock.now();
  const processorId = `pm_access_${newToken()}`;
  const { id } = await world.app.db.card.create({
    data: {
      companyId: estate.company.companyId,
      processorId,
      brand: 'visa',
      last4: estate.marks.last4,
      expMonth: 12,
      expYear: 2040,
      fingerprint: processorId,
      isDefault: false,
      addedBy: actorOf(owner),
      addedAt: at,
      ...data,
    },
  });
  return id;
}

/** A card of the owner's with its check, whose amount they know. */
async function startCheck(place: Place): Promise<{ token: string; cardId: bigint }> {
  const cardId = await addCard(place, { claimedAt: new Date() });
  const at = place.world.app.billing.clock.now();
  return await place.world.app.db.cardCheck.create({
    data: {
      companyId: place.estate.company.companyId,
      token: newToken(),
      cardId,
      fingerprint: `fp_access_${randomInt(2 ** 40)}`,
      amountMicros: toMicros(CHECK_AMOUNT),
      state: 'waiting',
      teamId: place.owner.teamId,
      userId: place.owner.userId,
      createdAt: at,
      chargedAt: at,
    },
  });
}

const usable = (at: Date) => ({ claimedAt: at, confirmedAt: at });

async function removeCard(place: Place, { value = '' }: { value?: string }): Promise<void> {
  const companyId = place.estate.company.companyId;
  await place.world.app.db.card.update({
    where: { companyId_id: { companyId, id: BigInt(value) } },
    data: { removedAt: new Date(), isDefault: false, isFallback: false },
  });
}

async function subscribe({ world, estate, owner, office }: Place, data: object): Promise<string> {
  const at = world.app.billing.clock.now();
  const { token } = await world.app.db.subscription.create({
    data: {
      companyId: estate.company.companyId,
      token: newToken(),
      officeId: estate.company.officeIds[office] ?? null,
      bundleId: world.bundleIds[0],
      creditMicros: toMicros(dollars('60')),
      priceMicros: toMicros(dollars('60')),
      state: 'active',
      actor: actorOf(owner),
      createdAt: at,
      nextPeriodAt: new Date(at.getTime() + 20 * 86_400_000),
      ...data,
    },
  });
  return token;
}

async function endBundle({ world }: Place, carried: Carried): Promise<void> {
  const ended = { state: 'ended' as const, endedAt: new Date() };
  await world.app.db.subscription.update({ where: { token: tokenIn(carried) }, data: ended });
}

const bundle = (data: object): Thing => ({
  make: async (place) => ({ value: await subscribe(place, data) }),
  age: endBundle,
});

export const cardThings = {
  newCard: {
    make: async (place) => ({ value: (await addCard(place, {})).toString() }),
    age: removeCard,
  },
  card: {
    make: async (place) => ({ value: (await addCard(place, usable(new Date()))).toString() }),
    age: removeCard,
  },
  /** A card that was added from the modal of a purchase. */
  addedCard: {
    async make(place) {
      const { token } = await openDraft(place.world.app.billing, place.owner, {});
      return { value: (await addCard(place, {})).toString(), metadata: token };
    },
    age: removeCard,
  },
  /** One whose check is under way. */
  checkedCard: {
    async make(place) {
      const { token } = await openDraft(place.world.app.billing, place.owner, {});
      const { cardId } = await startCheck(place);
      return { value: cardId.toString(), metadata: token };
    },
    age: removeCard,
  },
  /** The small charge on a card, whose amount the owner knows. */
  check: {
    async make(place) {
      const { token } = await startCheck(place);
      const amount = CHECK_AMOUNT.toFixed(2);
      return { value: token, metadata: token, values: typed(IDS.field.cardAmount, amount) };
    },
    async age(place, { value = '' }) {
      const { cardId } = await place.world.app.db.cardCheck.findUniqueOrThrow({ where: { token: value } });
      await removeCard(place, { value: cardId.toString() });
    },
  },
  bundle: bundle({}),
  endingBundle: bundle({ isEnding: true }),
  pausedBundle: {
    async make(place) {
      const token = await subscribe(place, { state: 'paused' });
      const all = await readSubscriptions(place.world.app.db, place.owner);
      const mark = all.find((each) => each.token === token)?.restartMark ?? '';
      return { value: `${token}.${mark}` };
    },
    age: endBundle,
  },
  bundleForm: {
    async make(place) {
      const scope = chosen(IDS.field.scope, encodeScope(scopeOf(place)));
      const which = chosen(IDS.field.bundle, place.world.bundleIds[1].toString());
      return { metadata: `buy.${newToken()}`, values: { ...scope, ...which } };
    },
  },
  bundleReview: {
    async make(place) {
      const bundleId = place.world.bundleIds[0];
      const { mark } = await reviewBundle(place.world.app.billing, place.owner, {
        bundleId,
        scope: scopeOf(place),
      });
      return { metadata: `${newToken()}.${bundleId}.office:${officeOf(place)}.${mark}` };
    },
  },
} satisfies Record<string, Thing>;
