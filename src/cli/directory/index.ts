import type { Command } from '../frame/index.ts';
import { connectDirectoryCommand } from './connect-directory.ts';
import { disconnectDirectoryCommand } from './disconnect-directory.ts';
import { importDirectoryCommand } from './import-directory.ts';
import { listUnmatchedCommand } from './list-unmatched.ts';
import { showDirectoryStatusCommand } from './show-status.ts';
import { syncDirectoryCommand } from './sync-directory.ts';

export const commands: readonly Command[] = [
  connectDirectoryCommand,
  disconnectDirectoryCommand,
  importDirectoryCommand,
  syncDirectoryCommand,
  listUnmatchedCommand,
  showDirectoryStatusCommand,
];
