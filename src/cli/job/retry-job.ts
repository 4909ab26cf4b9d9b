import { retryJob } from '../../queue/index.ts';
import { argument, defineCommand, rowNumber } from '../frame/index.ts';

export const retryJobCommand = defineCommand({
  name: 'job retry',
  summary: 'run a job now, with all of its tries',
  params: { job: argument('<job>', 'its number (refill job list)', rowNumber) },
  async run({ db }, { job }) {
    await retryJob(db, job);
    return { lines: [`Job ${job} runs as soon as a worker is free.`], value: { jobId: job } };
  },
});
