import { RefillError } from '../../errors.ts';
import { purgeDeadJobs } from '../../queue/index.ts';
import { defineCommand, flag, optional, rowNumber } from '../frame/index.ts';

export const purgeJobsCommand = defineCommand({
  name: 'job purge',
  summary: 'remove jobs that are not tried again; what they were about stays due in its own rows',
  params: {
    job: optional('--job <job>', 'this one: its number (refill job list)', rowNumber),
    all: flag('--all', 'every dead one'),
  },
  async run({ db }, { job, all }) {
    if ((job === undefined) === !all)
      throw new RefillError('bad-argument', 'Name one with --job, or take them all with --all.');
    const removed = await purgeDeadJobs(db, job ?? null);
    return { lines: [`Removed: ${removed}.`], value: { removed } };
  },
});
