import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ROOT, type Workspace } from '../workspace.ts';

/** Which test files execute a function of a source: source → name → test files, those that execute the least first. */
export type Executed = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const recorded = z.array(
  z.object({ test: z.string(), functions: z.array(z.tuple([z.string(), z.array(z.string())])) }),
);
type Recorded = z.infer<typeof recorded>;

/** Kept between runs: a record of other sources only chooses tests less well. */
const KEPT = path.join(ROOT, 'node_modules/.cache/refill/executed-functions.json');
/** Tests in this process. The long ones, and those that start others, would make each mutant take minutes. */
const PROJECTS = ['unit', 'integration', 'slack'];
const WITHIN_MS = 3_600_000;

/** Reads the record that was kept; without one, or where `isAnew`, plays all tests once in the workspace and keeps theirs. */
export async function readExecuted(workspace: Workspace, isAnew: boolean): Promise<Executed> {
  const kept = isAnew ? null : await readFile(KEPT, 'utf8').catch(() => null);
  if (kept !== null) return arrange(recorded.parse(JSON.parse(kept)));
  const folder = await mkdtemp(path.join(ROOT, 'node_modules/.functions-'));
  try {
    await workspace.run(
      [
        '--config',
        'test/proofs/mutants/coverage/record.config.ts',
        ...PROJECTS.flatMap((project) => ['--project', project]),
      ],
      { withinMs: WITHIN_MS, env: { RECORD_FUNCTIONS_TO: folder } },
    );
    const files = await readdir(folder);
    const all = recorded.parse(
      await Promise.all(
        files.map(async (file) => JSON.parse(await readFile(path.join(folder, file), 'utf8'))),
      ),
    );
    await mkdir(path.dirname(KEPT), { recursive: true });
    await writeFile(KEPT, JSON.stringify(all));
    return arrange(all);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Tests of few functions are about these functions: they notice first, and fastest. */
function arrange(all: Recorded): Executed {
  const breadth = ({ functions }: Recorded[number]): number =>
    functions.reduce((sum, [, names]) => sum + names.length, 0);
  const executed = new Map<string, Map<string, string[]>>();
  for (const { test, functions } of all.toSorted((a, b) => breadth(a) - breadth(b)))
    for (const [source, names] of functions) {
      const ofSource = executed.get(source) ?? new Map<string, string[]>();
      executed.set(source, ofSource);
      for (const name of names) ofSource.set(name, [...(ofSource.get(name) ?? []), test]);
    }
  return executed;
}

/**
 * The tests that execute the innermost of these functions that any test executes; of code outside functions, those that execute
 * any function of its source.
 */
export function testsThatExecute(
  executed: Executed,
  { source, functions }: { source: string; functions: readonly string[] },
): readonly string[] {
  const ofSource = executed.get(source) ?? new Map<string, readonly string[]>();
  const innermost = functions.findLast((name) => ofSource.has(name));
  if (innermost !== undefined) return ofSource.get(innermost) ?? [];
  return functions.length > 0
    ? []
    : [...new Set([...ofSource].flatMap(([name, tests]) => (name === '' ? [] : tests)))];
}
