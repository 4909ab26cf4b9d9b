import { z } from 'zod';
import { revokeRoleAndNotify } from '../../../billing/index.ts';
import { listCompanyAdmins, type Person } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { peopleCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { toRefusal } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { describeRefusal } from '../../refusals.ts';
import { IDS } from './ids.ts';
import { findTarget } from './open-people.ts';
import { encodeRole, peopleText } from './people-views.ts';

const { field } = IDS;
const form = z.object({
  [field.rolesToRemove]: z.object({
    [field.rolesToRemove]: z.object({
      selected_options: z.array(z.object({ value: z.string().max(150) })).max(1_000),
    }),
  }),
});

/** Takes the roles that were chosen; the last active company admin stays, and is told so on the field. */
export async function submitRevoke(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'manage_people');
  const target = await findTarget(ctx, person, submission.token);
  const chosen = form
    .safeParse(submission.values)
    .data?.[field.rolesToRemove][field.rolesToRemove].selected_options.map(({ value }) => value);
  const roles = target.roles.filter((role) => chosen?.includes(encodeRole(role)) === true);
  if (roles.length === 0) return fault(copy.chooseRolesFault);
  if (target.userId === person.userId) await checkOtherAdmins(ctx, person);
  try {
    const by = { teamId: person.teamId, userId: person.userId };
    const choices = roles.map(({ role, officeId, departmentId }) => ({
      role,
      officeIds: officeId === null ? [] : [officeId],
      departmentIds: departmentId === null ? [] : [departmentId],
    }));
    const taken = await revokeRoleAndNotify(
      ctx,
      { companyId: person.company.id, userId: target.userId, by },
      choices,
    );
    return showView(peopleText(copy.removed(target.userId, taken)));
  } catch (error) {
    const sentence = describeRefusal('rolesField', error);
    if (sentence === null) throw toRefusal('roles', error);
    return fault(sentence);
  }
}

/** Whoever leaves must leave someone active: Slack is asked about the others until one is. */
async function checkOtherAdmins(ctx: SlackContext, { company, teamId, userId }: Person): Promise<void> {
  for (const other of await listCompanyAdmins(ctx.db, company.id)) {
    if (other === userId) continue;
    if ((await ctx.membership({ teamId, userId: other })) === 'full') return;
  }
}

function fault(sentence: string): SubmitAnswer {
  return showErrors({ [field.rolesToRemove]: sentence });
}
