import type { Command } from '../frame/index.ts';
import { addRecurringCommand } from './add-recurring.ts';

export const commands: readonly Command[] = [addRecurringCommand];
