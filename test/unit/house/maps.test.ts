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

  it('the index of decisions names files that are there', () => {
    const map = readFileSync('ARCHITECTURE.md', 'utf8');
    const index = /## Which file decides\n([\s\S]*?)\n## /.exec(map)?.[1] ?? '';
    const files = ['src', 'prisma'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
    );
    const named = [...index.matchAll(/`([\w./-]+\.(?:ts|sql))`/g)].map(([, name = '']) =>
      name.replace('../', ''),
    );
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))).toEqual(
      [],
    );
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
