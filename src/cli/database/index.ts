import type { Command } from '../frame/index.ts';
import { migrateCommand } from './migrate.ts';

export const commands: readonly Command[] = [migrateCommand];
