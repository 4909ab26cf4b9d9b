import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { enclosingFunctions } from '../../proofs/mutants/coverage/enclosing-functions.ts';
import { testsThatExecute } from '../../proofs/mutants/coverage/executed-functions.ts';
import { draw, listMutations } from '../../proofs/mutants/draw.ts';
import { mutateSql } from '../../proofs/mutants/mutate-sql.ts';
import { mutateTypescript } from '../../proofs/mutants/mutate-typescript.ts';
import { mutate, show } from '../../proofs/mutants/mutation.ts';
import { relatedTests } from '../../proofs/mutants/related-tests.ts';

const typescript = (source: string): string[] =>
  mutateTypescript('a.ts', source).map((mutation) => mutate(source, mutation));
const sql = (source: string): string[] =>
  mutateSql('a.sql', source).map((mutation) => mutate(source, mutation));

describe('the mutations of TypeScript', () => {
  it.each([
    ['a < b;', ['a <= b;']],
    ['a === b;', ['a !== b;']],
    ['a && b;', ['a || b;', 'a;', 'b;']],
    ['!a;', ['a;']],
    ['a + 1;', ['a - 1;', 'a + 2;', 'a + 0;']],
    ['x.lessThan(y);', ['x.lessThanOrEqualTo(y);']],
    ['Math.max(a, b);', ['Math.min(a, b);']],
    ['if (a) return;', ['if (!(a)) return;', '']],
    ['await f();', ['']],
    ["({ orderBy: { id: 'asc' } });", ["({ orderBy: { id: 'desc' } });"]],
    ['({ at: { lte: now } });', ['({ at: { lt: now } });']],
    ['({ where: { a, b } });', ['({ where: { b } });', '({ where: { a } });']],
    ['({ where: { a } });', []],
  ])('of `%s` are those of its operators', (source, mutants) => {
    expect(typescript(`async () => {${source}}`)).toEqual(mutants.map((mutant) => `async () => {${mutant}}`));
  });

  it('are none in types, imports, comments and log lines', () => {
    expect(typescript("import { type A } from './a < b.ts'; type B = 1 | 2; let c: A<1>; // c < 1")).toEqual(
      [],
    );
    expect(typescript('deps.log.warn({ n: a + 1 }, "a < b"); log[a < b ? "info" : "warn"](1);')).toEqual([]);
  });
});

describe('the mutations of SQL', () => {
  it.each([
    ['IF a < b THEN', ['IF a <= b THEN']],
    ['IF a >= b THEN', ['IF a > b THEN']],
    ['WHERE a <> b;', ['WHERE a = b;']],
    ['v := least(a, b);', ['v := greatest(a, b);']],
    ['v := coalesce(a, f(b, c));', ['v := (a);']],
    ['WHERE a IS NULL;', ['WHERE a IS NOT NULL;']],
    ['v := a + b;', ['v := a - b;']],
    [
      'WHERE (a AND f(b, c)) ORDER BY d DESC;',
      [
        'WHERE (a OR f(b, c)) ORDER BY d DESC;',
        'WHERE (a ) ORDER BY d DESC;',
        'WHERE (a AND f(b, c)) ORDER BY d ASC;',
      ],
    ],
    ['CREATE OR REPLACE FUNCTION a(); f(a => b); v := w;', []],
    ["-- a < b\nx := 'a = b'; RAISE EXCEPTION 'x' USING DETAIL = a;", []],
  ])('of `%s` are those of its operators', (source, mutants) => {
    expect(sql(source).toSorted()).toEqual(mutants.toSorted());
  });
});

it('the same seed draws the same mutants of the money code, each of them one changed place', () => {
  const mutations = listMutations();
  expect(draw(mutations, 7).slice(0, 50)).toEqual(draw(mutations, 7).slice(0, 50));
  expect(draw(mutations, 8).slice(0, 50)).not.toEqual(draw(mutations, 7).slice(0, 50));
  expect(mutations.length).toBeGreaterThan(2_000);
});

it('the tests that are to notice are there', () => {
  const named = relatedTests.flatMap(({ first, next }) => [...first, ...next]);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});

it('a mutation is shown by its place and the line before and after', () => {
  const source = 'const a = 1;\nif (a < b) f();\n';
  const boundary = mutateTypescript('a.ts', source).find(({ operator }) => operator === 'boundary');
  expect(boundary && show(source, boundary)).toEqual({
    place: 'a.ts:2',
    from: 'if (a < b) f();',
    to: 'if (a <= b) f();',
  });
});

it('a place of a source is in the functions around it, as the engine names them', () => {
  const source =
    'const top = 1;\nexport const a = async () => ({ b() { return [1].map((c) => c + top); } });';
  const at = (text: string) => enclosingFunctions('a.ts', source, source.indexOf(text));
  expect(at('top = 1')).toEqual([]);
  expect(at('c + top')).toEqual(['a', 'b']);
});

it('the tests of a mutant execute the innermost function around it that any test executes', () => {
  const executed = new Map([
    [
      'a.ts',
      new Map([
        ['', ['all']],
        ['a', ['one', 'two']],
        ['b', ['two']],
      ]),
    ],
  ]);
  const testsOf = (...functions: string[]) => testsThatExecute(executed, { source: 'a.ts', functions });
  expect(testsOf('a', 'b')).toEqual(['two']);
  expect(testsOf('a', 'unseen')).toEqual(['one', 'two']);
  expect(testsOf('unseen')).toEqual([]);
  expect(testsOf()).toEqual(['one', 'two']);
});
