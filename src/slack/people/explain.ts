import { RefillError } from '../../errors.ts';
import { Refusal } from '../access/require-person.ts';
import { peopleCopy as copy } from '../words/en.ts';

/** What stands against a change of roles as a Refusal; anything else as it is. */
export function explainRoleChange(error: unknown): unknown {
  if (!(error instanceof RefillError)) return error;
  switch (error.code) {
    case 'not-company-admin':
      return new Refusal(copy.notAnyMore);
    case 'role-not-held':
      return new Refusal(copy.roleGone);
    default:
      return error;
  }
}
