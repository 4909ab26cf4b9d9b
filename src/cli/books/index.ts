import type { Command } from '../frame/index.ts';
import { digestCommand } from './digest-books.ts';
import { verifyCommand } from './verify-books.ts';

export const commands: readonly Command[] = [verifyCommand, digestCommand];
