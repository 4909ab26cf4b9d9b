import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** A module of more files than this explains itself in a README of its own. */
const MAX_WITHOUT_README = 10;

const modules = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('the maps', () => {
  it('name every module', () => {
    const map = readFileSync('ARCHITECTURE.md', 'utf8');
    expect(modules.filter((name) => !map.includes(`src/${name}/`))).toEqual([]);
  });

  it('a module of more than ten files has a README', () => {
    const large = modules.filter((name) => countFiles(path.join('src', name)) > MAX_WITHOUT_README);
    expect(large.length).toBeGreaterThan(5);
    expect(large.filter((name) => !existsSync(path.join('src', name, 'README.md')))).toEqual([]);
  });

  it('lead to files that exist', () => {
    const pages = listPages();
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.flatMap((page) => findDeadLinks(page, readFileSync(page, 'utf8')))).toEqual([]);
  });

  it('name files that are there, in the tables of rules and of decisions', () => {
    const named = [...readRuleEntries(readMap()), ...readDecisions(readMap())].flatMap(({ files }) => files);
    expect(named.length).toBeGreaterThan(300);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('name the file of every part of every rule, and no part that is gone', () => {
    const domain = readFileSync('docs/domain.md', 'utf8');
    const headings = [...domain.matchAll(/^### (R\d+) /gm)].map(([, rule = '']) => rule);
    const parts = [...domain.matchAll(/^- \*\*(R\d+\.\d+[a-z]?)\*\*/gm)].map(([, part = '']) => part);
    const entries = readRuleEntries(readMap());
    expect(headings.length).toBeGreaterThan(30);
    expect(headings.filter((rule) => !entries.some((entry) => entry.rule === rule))).toEqual([]);
    expect(entries.flatMap((entry) => entry.parts).toSorted()).toEqual(parts.toSorted());
    expect(entries.filter(({ files }) => files.length === 0)).toEqual([]);
  });

  it('a file that applies a rule cites it', () => {
    const mute = readRuleEntries(readMap()).flatMap(({ rule, files: [file = ''] }) =>
      new RegExp(`\\b${rule}\\b`).test(readFileSync(file, 'utf8')) ? [] : [`${file}: ${rule}`],
    );
    expect(mute).toEqual([]);
  });

  it('name each file of words on screens that no feature has the name of', () => {
    const features = readdirSync('src/slack/features');
    const words = /## Which file has a sentence\n([\s\S]*?)\n## /.exec(readMap())?.[1] ?? '';
    const others = readdirSync('src/slack/copy')
      .map((file) => path.basename(file, '.ts'))
      .filter((name) => name !== 'index' && !features.includes(name));
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter((name) => !words.includes(`\`${name}.ts\``))).toEqual([]);
    expect(
      listNames(words)
        .filter((name) => !name.includes('/'))
        .filter((name) => !existsSync(path.join('src/slack/copy', name))),
    ).toEqual([]);
  });

  it('a short name is looked for in the folder of the name before it', () => {
    const map = '\n| R1 x | 1 a `rating/rate-call.ts` · 2 b `price.ts`, `lapse.sql` · 3 c `calendar.ts` |\n';
    expect(readRuleEntries(map)).toEqual([
      { rule: 'R1', parts: ['R1.1'], files: ['src/rating/rate-call.ts'] },
      { rule: 'R1', parts: ['R1.2'], files: ['src/rating/price.ts', 'prisma/functions/lapse.sql'] },
      { rule: 'R1', parts: ['R1.3'], files: ['src/calendar.ts'] },
    ]);
  });

  it('lead to headings that exist', () => {
    const pages = listPages();
    expect(pages.flatMap((page) => findDeadAnchors(page, readFileSync(page, 'utf8')))).toEqual([]);
    expect(
      findDeadAnchors('README.md', '# One\n[it](#one) [that](#two) [there](docs/style.md#nowhere)'),
    ).toEqual(['README.md: #two', 'README.md: docs/style.md#nowhere']);
  });

  it('a dead link is found', () => {
    expect(
      findDeadLinks('README.md', 'See [it](docs/nowhere.md#part) and [that](https://example.com).'),
    ).toEqual(['README.md: docs/nowhere.md']);
  });
});

const readMap = (): string => readFileSync('ARCHITECTURE.md', 'utf8');

/** An entry of the table "Which file applies a rule". */
interface RuleEntry {
  rule: string;
  parts: string[];
  files: string[];
}

function readRuleEntries(map: string): RuleEntry[] {
  return [...map.matchAll(/^\| (R\d+)\b[^|]* \| (.*) \|$/gm)].flatMap(([, rule = '', cell = '']) => {
    const findPath = createPathFinder();
    return cell.split(' · ').map((entry) => ({
      rule,
      parts: (/^\d+[a-z]?(?:, \d+[a-z]?)*(?= )/.exec(entry)?.[0] ?? '')
        .split(', ')
        .map((part) => `${rule}.${part}`),
      files: listNames(entry).map(findPath),
    }));
  });
}

/** The files that the table "Which file decides what no rule names" names, row by row. */
function readDecisions(map: string): { files: string[] }[] {
  const table = /## Which file decides what no rule names\n([\s\S]*?)\n## /.exec(map)?.[1] ?? '';
  return table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((row) => ({ files: listNames(row).map(createPathFinder()) }));
}

const listNames = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.(?:ts|sql))`/g)].map(([, name = '']) => name);

/** Finds the path of each name of a row in turn: a short name is in the folder of the name before it, or in `src/`. */
function createPathFinder(): (name: string) => string {
  let folder = '';
  return (name) => {
    if (name.endsWith('.sql')) return path.join('prisma/functions', name);
    if (name.includes('/')) folder = path.dirname(name);
    else if (!existsSync(path.join('src', folder, name))) folder = '';
    return path.join('src', folder, path.basename(name));
  };
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
    .length;
}

function listPages(): string[] {
  const nested = ['src', 'docs', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  );
  return [...readdirSync('.'), ...nested].filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md');
}

function findDeadLinks(page: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(path.join(path.dirname(page), target)))
    .map((target) => `${page}: ${target}`);
}

/** Links to a heading that its page does not have, by the anchors that GitHub makes of headings. */
function findDeadAnchors(page: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)]
    .map(([, file = '', anchor = '']) => ({ file, anchor, target: path.join(path.dirname(page), file) }))
    .filter(({ file }) => file === '' || file.endsWith('.md'))
    .filter(({ file, target, anchor }) => {
      const content = file === '' ? text : existsSync(target) ? readFileSync(target, 'utf8') : '';
      return !anchorsOf(content).includes(anchor);
    })
    .map(({ file, anchor }) => `${page}: ${file}#${anchor}`);
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
}
