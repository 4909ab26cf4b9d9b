import type { Command } from '../frame/index.ts';
import { listNoticesCommand } from './list-notices.ts';
import { resendNoticeCommand } from './resend-notice.ts';

export const commands: readonly Command[] = [listNoticesCommand, resendNoticeCommand];
