import pg from 'pg';
import { enclosingFunctions } from './coverage/enclosing-functions.ts';
import { type Executed, testsThatExecute } from './coverage/executed-functions.ts';
import { draw, isEquivalent, listMutations } from './draw.ts';
import { type Mutation, mutate, type ShownMutation, show } from './mutation.ts';
import { findRelated } from './related-tests.ts';
import type { TestOutcome, Workspace } from './workspace.ts';

/** Of the tests that execute a function, so many go first. */
const LIKELIEST = 8;
/** A test of the database that passes where tests run at all. */
const SOUND = 'test/integration/db/rate-rows.test.ts';

/** What became of a mutant. `refused`: by the type checker or the database; it and `equivalent` are not counted. */
type Fate = 'caught' | 'survived' | 'timed out' | 'refused' | 'equivalent';

export interface Judged extends ShownMutation {
  /** Its place in the draw of the seed. */
  number: number;
  operator: string;
  fate: Fate;
  /** The test that noticed. */
  failing: string | null;
}

interface Run {
  sample: number;
  seed: number;
  from: number;
  testMs: number;
  /** Runs these tests instead of the related ones. */
  tests: readonly string[] | undefined;
  executed: Executed;
  workspace: Workspace;
  databaseUrl: string;
  signal: AbortSignal;
  onJudged: (judged: Judged) => void;
}

/** Judges mutants in the order of the seed until so many are judged that count, or the signal ends it. */
export async function judgeMutants(run: Run): Promise<Judged[]> {
  const all: Judged[] = [];
  const drawn = draw(listMutations(), run.seed);
  let counted = 0;
  for (let number = run.from; number <= drawn.length && counted < run.sample; number += 1) {
    const mutation = drawn[number - 1];
    if (mutation === undefined) break;
    const source = await run.workspace.read(mutation.file);
    const shown = show(source, mutation);
    const { fate, failing } = isEquivalent(shown)
      ? { fate: 'equivalent' as const, failing: null }
      : await judge(run, mutation, source);
    if (run.signal.aborted) break;
    if (fate !== 'equivalent' && fate !== 'refused') counted += 1;
    const judged = { number, operator: mutation.operator, ...shown, fate, failing };
    run.onJudged(judged);
    all.push(judged);
  }
  return all;
}

async function judge(
  run: Run,
  mutation: Mutation,
  source: string,
): Promise<{ fate: Fate; failing: string | null }> {
  const { workspace } = run;
  const mutant = mutate(source, mutation);
  await workspace.write(mutation.file, mutant);
  try {
    const isAccepted = mutation.file.endsWith('.sql')
      ? await isTakenByDatabase(run.databaseUrl, mutant)
      : await workspace.typeChecks();
    if (!isAccepted) return { fate: 'refused', failing: null };
    const { outcome, failing } = await test(run, mutation, source);
    if (outcome === 'failed' && failing === null) await requireRunner(run, mutation.file, source);
    return { fate: outcome === 'passed' ? 'survived' : outcome === 'failed' ? 'caught' : outcome, failing };
  } finally {
    await workspace.write(mutation.file, source);
  }
}

/** The tests that execute the mutated function: those of the fewest functions, then the others; where none is known, the related ones. */
async function test(run: Run, { file, start }: Mutation, source: string): Promise<TestOutcome> {
  const { workspace, tests, testMs, executed } = run;
  if (tests !== undefined) return await testSurely(workspace, tests, { withinMs: testMs });
  const functions = file.endsWith('.sql') ? [] : enclosingFunctions(file, source, start);
  const known = testsThatExecute(executed, { source: file, functions });
  const goes = known.length === 0 ? relatedGoes(file) : [known.slice(0, LIKELIEST), known.slice(LIKELIEST)];
  let last: TestOutcome = { outcome: 'passed', failing: null, end: '' };
  for (const [index, files] of goes.entries()) {
    if (files.length === 0) continue;
    const except =
      index === 0 ? [] : (goes[0] ?? []).map((path) => (path.endsWith('.ts') ? path : `${path}/**`));
    last = await testSurely(workspace, files, { except, withinMs: testMs });
    if (last.outcome !== 'passed') return last;
  }
  return last;
}

function relatedGoes(file: string): readonly (readonly string[])[] {
  const related = findRelated(file);
  if (related === undefined) throw new Error(`${file} has no tests`);
  return [related.first, related.next];
}

/**
 * A test that fails notices the mutant where its file fails again alone; else something else disturbed it, such as a busy
 * machine, and the tests go on without that file.
 */
async function testSurely(
  workspace: Workspace,
  files: readonly string[],
  run: { except?: readonly string[]; withinMs: number },
): Promise<TestOutcome> {
  const first = await workspace.test(files, run);
  if (first.outcome !== 'failed') return first;
  const file = /\btest\/\S+\.test\.ts/.exec(first.failing ?? '')?.[0];
  if (file === undefined) return first;
  const again = await workspace.test([file], { withinMs: run.withinMs });
  if (again.outcome !== 'passed') return again;
  return await testSurely(workspace, files, { ...run, except: [...(run.except ?? []), file] });
}

/**
 * Where the runner failed and no test did, the mutant is caught only if a test runs without it. Throws an Error where none
 * does: from then on every mutant would count as caught.
 */
async function requireRunner({ workspace, testMs }: Run, file: string, source: string): Promise<void> {
  await workspace.write(file, source);
  const { outcome, end } = await workspace.test([SOUND], { withinMs: testMs });
  if (outcome !== 'passed') throw new Error(`no test runs any more, without a mutant either:\n${end}`);
}

/** Whether functions can be created so, in a database that forgets it. */
async function isTakenByDatabase(connectionString: string, functions: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(functions);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end();
  }
}
