import type { Command } from '../frame/index.ts';
import { subscribePhoneSystemCommand } from './subscribe.ts';

export const commands: readonly Command[] = [subscribePhoneSystemCommand];
