import type { Command } from '../frame/index.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { migrateCommand } from './migrate.ts';

export const commands: readonly Command[] = [migrateCommand, backupCommand, restoreCommand];
