import type { Command } from '../frame/index.ts';
import { unlockCardCommand } from './unlock-card.ts';

export const commands: readonly Command[] = [unlockCardCommand];
