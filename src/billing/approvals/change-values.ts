import { z } from 'zod';
import type { Scope } from '../../org/index.ts';
import { scopeOf } from '../orders/order.ts';

/** An id as a stored change has it. */
export const id = z.string().regex(/^\d{1,19}$/);
/** An amount in dollars as a stored change has it. */
export const amount = z.string().regex(/^\d+(\.\d{1,6})?$/);
/** A change about some credits: of an office, or shared. */
export const ofOffice = { officeId: id.nullable(), amount };

/** Whose credits a stored change is about. */
export function scopeOfChange({ officeId }: { officeId: string | null }): Scope {
  return scopeOf({ officeId: officeId === null ? null : BigInt(officeId) });
}
