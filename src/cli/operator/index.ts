import type { Command } from '../frame/index.ts';
import { listOperatorNoticesCommand } from './list-notices.ts';
import { resolveOperatorNoticeCommand } from './resolve-notice.ts';

export const commands: readonly Command[] = [listOperatorNoticesCommand, resolveOperatorNoticeCommand];
