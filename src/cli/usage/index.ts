import type { Command } from '../frame/index.ts';
import { acceptUsageCommand } from './accept-usage.ts';
import { dropUsageCommand } from './drop-usage.ts';
import { eraseNumberCommand } from './erase-number.ts';
import { importUsageCommand } from './import-usage.ts';
import { listInboxCommand } from './list-inbox.ts';
import { listUnattributedCommand } from './list-unattributed.ts';
import { listUnratedCommand } from './list-unrated.ts';
import { reconcileUsageCommand } from './reconcile-usage.ts';
import { refundUsageCommand } from './refund-usage.ts';
import { repairUsageCommand } from './repair-usage.ts';

export const commands: readonly Command[] = [
  importUsageCommand,
  reconcileUsageCommand,
  listInboxCommand,
  listUnratedCommand,
  acceptUsageCommand,
  dropUsageCommand,
  listUnattributedCommand,
  repairUsageCommand,
  refundUsageCommand,
  eraseNumberCommand,
];
