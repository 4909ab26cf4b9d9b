import type { Money } from '../money.ts';
import type { Company } from './people.ts';

/** The limit in force above which a second admin approves (R9): the lower of the company's and the operator's; null: none. */
export function approvalLimit({ approvalLimits }: Pick<Company, 'approvalLimits'>): Money | null {
  const { own, operator } = approvalLimits;
  if (own === null || operator === null) return own ?? operator;
  return own.lessThan(operator) ? own : operator;
}
