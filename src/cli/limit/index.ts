import type { Command } from '../frame/index.ts';
import { endLimitCommand } from './end-limit.ts';
import { listLimitsCommand } from './list-limits.ts';
import { setLimitCommand } from './set-limit.ts';

export const commands: readonly Command[] = [listLimitsCommand, setLimitCommand, endLimitCommand];
