import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCommandQueue } from '../../../src/slack/command-queue.ts';
import { currentRequestId, withTrace } from '../../../src/trace.ts';
import { barrier } from '../../support/barrier.ts';

const ONE_AT_A_TIME = { maxRunning: 1, maxHoldMs: 60_000, maxWaiting: 10 };

/** A queue, and what became of the commands that were added to it. */
function openQueue(limits = ONE_AT_A_TIME) {
  const queue = createCommandQueue(limits);
  const begun: string[] = [];
  const refused: string[] = [];
  const add = (
    asker: string,
    name: string,
    until: Promise<void> = Promise.resolve(),
    { isWaitingForSlack = false } = {},
  ): boolean => {
    const [teamId = '', userId = ''] = asker.split('/');
    return queue.add({
      teamId,
      userId,
      run: async (letNextStart) => {
        begun.push(name);
        if (isWaitingForSlack) letNextStart();
        await until;
      },
      refuse: async () => void refused.push(name),
    });
  };
  return { ...queue, begun, refused, add };
}

describe('commands that wait for their turn', () => {
  it('run by turns of the workspaces, and of the people in each, those of one person in their order', async () => {
    const { add, drain, begun } = openQueue();
    for (const number of [1, 2, 3]) add('T1/ana', `ana ${number}`);
    for (const number of [1, 2]) add('T1/li', `li ${number}`);
    add('T2/bo', 'bo 1');
    await drain(60_000);
    expect(begun).toEqual(['ana 1', 'bo 1', 'li 1', 'ana 2', 'li 2', 'ana 3']);
  });

  it('begin one in each turn of the event loop, so that what arrives is answered before them', async () => {
    const { add, drain, begun } = openQueue({ ...ONE_AT_A_TIME, maxRunning: 10 });
    for (const number of [1, 2, 3]) add('T1/ana', `${number}`);
    const begunByTurn: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      begunByTurn.push(begun.length);
      await nextTurn();
    }
    await drain(60_000);
    expect(begunByTurn).toEqual([0, 1, 2, 3]);
  });

  it('do not wait longer than so long for one that takes its time', async () => {
    const { opened, open } = barrier();
    const { add, drain, begun } = openQueue({ ...ONE_AT_A_TIME, maxHoldMs: 1 });
    add('T1/ana', 'slow', opened);
    add('T1/li', 'quick');
    await expect.poll(() => begun).toEqual(['slow', 'quick']);
    open();
    await drain(60_000);
  });

  it('do not wait for one that only waits for Slack', async () => {
    const { opened, open } = barrier();
    const { add, drain, begun } = openQueue();
    add('T1/ana', 'posting', opened, { isWaitingForSlack: true });
    add('T1/li', 'next');
    await expect.poll(() => begun).toEqual(['posting', 'next']);
    open();
    await drain(60_000);
  });

  it('run under the request that brought them', async () => {
    const queue = createCommandQueue(ONE_AT_A_TIME);
    const requests: (string | null)[] = [];
    for (const requestId of ['first', 'second'])
      withTrace({ requestId }, () =>
        queue.add({
          teamId: 'T1',
          userId: 'ana',
          run: async () => void requests.push(currentRequestId()),
          refuse: async () => undefined,
        }),
      );
    await queue.drain(60_000);
    expect(requests).toEqual(['first', 'second']);
  });

  it('are not taken beyond the limit, rather than lost', async () => {
    const { add, drain, begun } = openQueue({ ...ONE_AT_A_TIME, maxWaiting: 2 });
    expect(['1', '2', '3'].map((name) => add('T1/ana', name))).toEqual([true, true, false]);
    await drain(60_000);
    expect(begun).toEqual(['1', '2']);
  });
});

describe('a stop', () => {
  it('waits until every command has run', async () => {
    const { opened, open } = barrier();
    const { add, drain, begun, refused } = openQueue();
    for (const name of ['1', '2', '3']) add('T1/ana', name, opened);
    let isDrained = false;
    const drained = drain(60_000).then(() => {
      isDrained = true;
    });
    await expect.poll(() => begun).toEqual(['1']);
    expect(isDrained).toBe(false);
    open();
    await drained;
    expect([begun, refused]).toEqual([['1', '2', '3'], []]);
  });

  it('refuses those that have not begun in time, each once', async () => {
    const { opened, open } = barrier();
    const { add, drain, begun, refused } = openQueue();
    for (const name of ['1', '2', '3']) add('T1/ana', name, opened);
    await expect.poll(() => begun).toEqual(['1']);
    await drain(1);
    open();
    await drain(60_000);
    expect([begun, refused]).toEqual([['1'], ['2', '3']]);
  });
});
