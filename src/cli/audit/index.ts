import type { Command } from '../frame/index.ts';
import { listAuditCommand } from './list-audit.ts';

export const commands: readonly Command[] = [listAuditCommand];
