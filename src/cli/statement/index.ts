import type { Command } from '../frame/index.ts';
import { statementCommand } from './print-statement.ts';

export const commands: readonly Command[] = [statementCommand];
