import type { Command } from '../frame/index.ts';
import { clearDisputeCommand } from './clear-dispute.ts';

export const commands: readonly Command[] = [clearDisputeCommand];
