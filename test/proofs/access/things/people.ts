import { randomInt } from 'node:crypto';
import { IDS } from '../../../support/slack-ids.ts';
import { chosen, many, officeOf, type Place, type Thing } from './thing.ts';

const { field } = IDS;

/** Somebody with a role, for whoever takes it. */
async function hire(place: Place): Promise<string> {
  const { teamId, companyId } = place.estate.company;
  const userId = `UTEMP${randomInt(10 ** 9)}`;
  await place.world.app.db.roleAssignment.create({
    data: {
      companyId,
      teamId,
      userId,
      role: 'manager',
      officeId: officeOf(place),
      grantedBy: 'test',
      grantedAt: place.world.app.billing.clock.now(),
    },
  });
  return userId;
}

async function dismiss({ world, estate }: Place, { metadata, value }: { metadata?: string; value?: string }) {
  const { companyId } = estate.company;
  await world.app.db.roleAssignment.deleteMany({ where: { companyId, userId: metadata ?? value ?? '' } });
}

const userPicker = (userId: string) => ({
  [field.person]: { [field.person]: { type: 'users_select', selected_user: userId } },
});

export const peopleThings = {
  person: { make: async (place) => ({ value: await hire(place) }), age: dismiss },
  grantForm: {
    make: async (place) => ({
      metadata: '',
      values: {
        ...userPicker(`UNEW${randomInt(10 ** 9)}`),
        ...chosen(field.role, 'office_admin'),
        ...many(field.roleOffices, [officeOf(place).toString()]),
      },
    }),
  },
  revokeForm: {
    async make(place) {
      const metadata = await hire(place);
      return { metadata, values: many(field.rolesToRemove, [`manager:${officeOf(place)}:`]) };
    },
    age: dismiss,
  },
} satisfies Record<string, Thing>;
