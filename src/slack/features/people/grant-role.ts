import { z } from 'zod';
import { grantRoleAndNotify } from '../../../billing/index.ts';
import { RefillError } from '../../../errors.ts';
import type { RoleChoice } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { peopleCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { toRefusal } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS } from './ids.ts';
import { peopleText } from './people-views.ts';

const { field } = IDS;
const id = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => BigInt(text));
const places = z.object({ selected_options: z.array(z.object({ value: id })).max(1_000) });
const form = z.object({
  [field.person]: z.object({ [field.person]: z.object({ selected_user: z.string().max(30).nullable() }) }),
  [field.role]: z.object({
    [field.role]: z.object({
      selected_option: z.object({ value: z.enum(['company_admin', 'office_admin', 'manager']) }),
    }),
  }),
  [field.roleOffices]: z.object({ [field.roleOffices]: places }).optional(),
  [field.roleDepartments]: z.object({ [field.roleDepartments]: places }).optional(),
});

/** Gives the role. What stands against it is shown on its field: Slack’s picker offers guests and bots, too. */
export async function submitGrant(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'manage_people');
  const read = form.safeParse(submission.values).data;
  const userId = read?.[field.person][field.person].selected_user ?? null;
  if (read === undefined || userId === null) return fault(field.person, copy.choosePersonFault);
  const ids = (of: { selected_options: { value: bigint }[] } | undefined): bigint[] =>
    of?.selected_options.map(({ value }) => value) ?? [];
  const choice: RoleChoice = {
    role: read[field.role][field.role].selected_option.value,
    officeIds: ids(read[field.roleOffices]?.[field.roleOffices]),
    departmentIds: ids(read[field.roleDepartments]?.[field.roleDepartments]),
  };
  const { teamId } = person;
  const standing = await ctx.membership({ teamId, userId }, { isFresh: true });
  if (standing !== 'full') return fault(field.person, copy.standing[standing]);
  try {
    const by = { teamId, userId: person.userId };
    const added = await grantRoleAndNotify(ctx, { companyId: person.company.id, userId, by }, choice);
    const text = added.length === 0 ? copy.heldAlready(userId) : copy.granted(userId, added);
    return showView(peopleText(text));
  } catch (error) {
    if (!(error instanceof RefillError)) throw error;
    switch (error.code) {
      case 'place-needed':
        return fault(
          field.roleOffices,
          copy.placeNeeded[choice.role === 'manager' ? 'manager' : 'office_admin'],
        );
      case 'place-unexpected':
        return choice.departmentIds.length > 0 && choice.role !== 'manager'
          ? fault(field.roleDepartments, copy.departmentsUnexpected)
          : fault(field.roleOffices, copy.officesUnexpected);
      case 'place-unknown':
        return fault(field.roleOffices, copy.placeUnknown);
      case 'role-included':
        return fault(field.person, copy.roleIncluded);
      default:
        throw toRefusal('roles', error);
    }
  }
}

function fault(block: string, sentence: string): SubmitAnswer {
  return showErrors({ [block]: sentence });
}
