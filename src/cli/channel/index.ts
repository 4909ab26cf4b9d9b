import type { Command } from '../frame/index.ts';
import { setChannelCommand } from './set-channel.ts';

export const commands: readonly Command[] = [setChannelCommand];
