import type { Feature } from '../../kit/feature.ts';
import { notices } from './notices.ts';

export const refunds = {
  notices,
} satisfies Feature;
