import type { Command } from '../frame/index.ts';
import { deductCreditCommand } from './deduct-credit.ts';
import { grantCreditCommand } from './grant-credit.ts';

export const commands: readonly Command[] = [grantCreditCommand, deductCreditCommand];
