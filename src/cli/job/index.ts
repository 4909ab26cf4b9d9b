import type { Command } from '../frame/index.ts';
import { listJobsCommand } from './list-jobs.ts';
import { purgeJobsCommand } from './purge-jobs.ts';
import { retryJobCommand } from './retry-job.ts';

export const commands: readonly Command[] = [listJobsCommand, retryJobCommand, purgeJobsCommand];
