import type { Command } from '../frame/index.ts';
import { addRecurringCommand } from './add-recurring.ts';
import { endRecurringCommand } from './end-recurring.ts';
import { listRecurringCommand } from './list-recurring.ts';

export const commands: readonly Command[] = [addRecurringCommand, listRecurringCommand, endRecurringCommand];
