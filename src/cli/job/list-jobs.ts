import { JOB_STATES, type ListedJob, listJobs } from '../../queue/index.ts';
import { defineCommand, oneOf, optional, rowNumber, withDefault } from '../frame/index.ts';

export const listJobsCommand = defineCommand({
  name: 'job list',
  summary: 'the jobs of the queue, those that are not tried again first',
  params: {
    state: optional('--state <state>', `one of ${JOB_STATES.join(', ')}`, oneOf(...JOB_STATES)),
    limit: withDefault('--limit <number>', 'how many at most', rowNumber, '50'),
  },
  async run({ db }, { state, limit }) {
    const jobs = await listJobs(db, { state, limit: Number(limit) });
    return { lines: jobs.length === 0 ? ['There is none.'] : jobs.map(describe), value: { jobs } };
  },
});

function describe({ id, name, key, state, attempts, maxAttempts, runAt, lastError }: ListedJob): string {
  return [
    String(id),
    key ?? name,
    state,
    `${attempts} of ${maxAttempts} tries`,
    ...(state === 'waiting' ? [`next ${runAt.toISOString()}`] : []),
    ...(lastError === null ? [] : [lastError.split('\n', 1)[0] ?? '']),
  ].join('  ');
}
