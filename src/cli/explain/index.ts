import type { Command } from '../frame/index.ts';
import { explainCommand } from './explain-charge.ts';

export const commands: readonly Command[] = [explainCommand];
