import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RefillError } from '../../../src/errors.ts';
import { createLogger } from '../../../src/log.ts';
import { forEachCompany, startSweeper } from '../../../src/queue/index.ts';
import { barrier } from '../../support/barrier.ts';

it('a sweep that fails stops no other, neither of its round nor of the next, and is logged under its name', async () => {
  const lines: string[] = [];
  const ran: string[] = [];
  const twice = barrier();
  const sweeper = startSweeper(
    {
      first: async () => void ran.push('first'),
      failing: async () => {
        ran.push('failing');
        throw new Error('this one fails');
      },
      last: async () => {
        ran.push('last');
        if (ran.length >= 6) twice.open();
      },
    },
    createLogger('error', { write: (line) => lines.push(line) }),
    1,
  );
  await twice.opened;
  await sweeper.stop();
  expect(ran.slice(0, 6)).toEqual(['first', 'failing', 'last', 'first', 'failing', 'last']);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({
      sweep: 'failing',
      err: expect.objectContaining({ message: 'this one fails' }),
    }),
  ]);
}, 10_000);

it('what else comes up while the first round runs is done between its sweeps', async () => {
  const ran: string[] = [];
  const done = barrier();
  const sweeper = startSweeper(
    {
      first: async () => {
        ran.push('first');
        setTimeout(() => ran.push('a command'), 5);
      },
      second: async () => {
        ran.push('second');
        done.open();
      },
    },
    createLogger('silent'),
    60_000,
  );
  await done.opened;
  await sweeper.stop();
  expect(ran).toEqual(['first', 'a command', 'second']);
});

it('stopping tells the sweep that runs, begins no other and waits for no next round', async () => {
  const ran: string[] = [];
  const running = barrier();
  const sweeper = startSweeper(
    {
      long: async (stop) => {
        running.open();
        await sleep(60_000, undefined, { signal: stop }).catch(() => ran.push('told'));
      },
      next: async () => void ran.push('another'),
    },
    createLogger('silent'),
    60_000,
  );
  await running.opened;
  await sweeper.stop();
  expect(ran).toEqual(['told']);
});

it('and one that waits for the next round ends at once', async () => {
  const done = barrier();
  const sweeper = startSweeper({ only: async () => done.open() }, createLogger('silent'), 60_000);
  await done.opened;
  await sweeper.stop();
});

const row = (companyId: bigint, name: string) => ({ companyId, name });

it('of a sweep by company one that fails keeps no other from its own, and is named', async () => {
  const done: string[] = [];
  const rows = [row(1n, 'a'), row(2n, 'b'), row(1n, 'c'), row(3n, 'd')];
  const swept = forEachCompany(rows, async ({ companyId, name }) => {
    if (companyId === 1n) throw new Error(`no ${name}`);
    done.push(name);
  });
  const error = await swept.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).message).toMatch(/company 1;/);
  expect((error as AggregateError).errors.map(({ message }: Error) => message)).toEqual(['no a', 'no c']);
  expect(done).toEqual(['b', 'd']);
});

it('and a database that is away ends it at once', async () => {
  const done: bigint[] = [];
  const swept = forEachCompany([row(1n, 'a'), row(2n, 'b')], async ({ companyId }) => {
    done.push(companyId);
    throw new RefillError('database-unavailable', 'away');
  });
  await expect(swept).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(done).toEqual([1n]);
});
