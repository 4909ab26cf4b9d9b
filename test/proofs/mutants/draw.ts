import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { chanceOf } from '../simulate/chance.ts';
import { mutateSql } from './mutate-sql.ts';
import { mutateTypescript } from './mutate-typescript.ts';
import type { Mutation, ShownMutation } from './mutation.ts';
import { findRelated } from './related-tests.ts';
import { ROOT } from './workspace.ts';

const equivalents = z
  .array(z.object({ file: z.string(), from: z.string(), to: z.string(), reason: z.string().min(1) }))
  .parse(JSON.parse(readFileSync(new URL('equivalent.json', import.meta.url), 'utf8')));

/** Every mutation of the sources that are mutated, in their order. */
export function listMutations(): Mutation[] {
  return listSources().flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    return file.endsWith('.sql') ? mutateSql(file, source) : mutateTypescript(file, source);
  });
}

function listSources(): string[] {
  return ['src', 'prisma/functions']
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.posix.join(folder, name.replaceAll(path.sep, '/')),
      ),
    )
    .filter((file) => /\.(ts|sql)$/.test(file) && findRelated(file) !== undefined)
    .toSorted();
}

/** The same in the order of a seed: the same for the same sources. */
export function draw(mutations: readonly Mutation[], seed: number): Mutation[] {
  const chance = chanceOf(seed);
  return mutations
    .map((mutation) => ({ mutation, at: chance.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ mutation }) => mutation);
}

/** Whether a mutation is known to change nothing that can be seen. Where files moved it is known by its lines. */
export function isEquivalent({ from, to }: ShownMutation): boolean {
  return equivalents.some((known) => known.from === from && known.to === to);
}
