import type { Command } from '../frame/index.ts';
import { rotateSecretsCommand } from './rotate-secrets.ts';

export const commands: readonly Command[] = [rotateSecretsCommand];
