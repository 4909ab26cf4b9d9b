import type { Command } from '../frame/index.ts';
import { verifyCommand } from './verify-books.ts';

export const commands: readonly Command[] = [verifyCommand];
