import type { Command } from '../frame/index.ts';
import { reconcileCommand } from './reconcile-processor.ts';

export const commands: readonly Command[] = [reconcileCommand];
