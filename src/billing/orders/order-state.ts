import { z } from 'zod';

export const orderState = z.enum([
  'draft',
  'awaiting_approval',
  'confirmed',
  'charging',
  'needs_action',
  'unknown',
  'declined',
  'settled',
  'abandoned',
]);
export type OrderState = z.infer<typeof orderState>;
