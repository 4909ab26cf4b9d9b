import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../src/group-commit.ts';

/** Commits that are recorded, and fail where an item says so. */
function recordCommits(maxItems = 100) {
  const commits: [bigint, string[]][] = [];
  const post = createGroupCommit({
    maxItems,
    commit: async (companyId, items: string[]) => {
      commits.push([companyId, items]);
      await setImmediate();
      if (items.includes('bad')) throw new Error(`refused ${items.join()}`);
      return items.map((item) => `${item}!`);
    },
  });
  return { commits, post };
}

describe('callers at the same time', () => {
  it('share a commit, and each gets its own result', async () => {
    const { commits, post } = recordCommits();
    expect(await Promise.all(['a', 'b', 'c'].map((item) => post(1n, item)))).toEqual(['a!', 'b!', 'c!']);
    expect(commits).toEqual([[1n, ['a', 'b', 'c']]]);
  });

  it('never share one with another company', async () => {
    const { commits, post } = recordCommits();
    await Promise.all([post(1n, 'a'), post(2n, 'b'), post(1n, 'c')]);
    expect(commits).toEqual([
      [1n, ['a', 'c']],
      [2n, ['b']],
    ]);
  });

  it('wait while a commit is under way, and go together as the next one', async () => {
    const { commits, post } = recordCommits();
    const first = post(1n, 'a');
    for (let turns = 0; turns < 100 && commits.length === 0; turns += 1) await setImmediate();
    await Promise.all([first, post(1n, 'b'), post(1n, 'c')]);
    expect(commits.map(([, items]) => items)).toEqual([['a'], ['b', 'c']]);
  });

  it('are no more in a commit than it takes', async () => {
    const { commits, post } = recordCommits(2);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => post(1n, item)));
    expect(commits.map(([, items]) => items)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('do not pay for one of them whose item is refused', async () => {
    const { commits, post } = recordCommits();
    const settled = await Promise.allSettled(['a', 'bad', 'c'].map((item) => post(1n, item)));
    expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : 'refused'))).toEqual([
      'a!',
      'refused',
      'c!',
    ]);
    expect(commits.map(([, items]) => items)).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    expect(await post(1n, 'd')).toBe('d!');
  });

  it('get an error, not silence, from a commit that leaves one of them out', async () => {
    const post = createGroupCommit({
      maxItems: 10,
      commit: async (_: bigint, items: string[]) => items.slice(1),
    });
    await expect(post(1n, 'a')).rejects.toThrow('without a result');
  });
});
