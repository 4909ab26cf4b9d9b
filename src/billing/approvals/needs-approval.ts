import type { Money } from '../../money.ts';
import { approvalLimit, type Company } from '../../org/index.ts';

/** Whether an amount is above the limit; at the limit it is not (R9). Applies R9.7. */
export function needsApproval(company: Pick<Company, 'approvalLimits'>, amount: Money): boolean {
  const limit = approvalLimit(company);
  return limit !== null && amount.greaterThan(limit);
}
