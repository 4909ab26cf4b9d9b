import type { Command } from '../frame/index.ts';
import { doctorCommand } from './doctor.ts';

export const commands: readonly Command[] = [doctorCommand];
