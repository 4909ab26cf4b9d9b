import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_TABLE } from '../../../src/cli/commands.ts';
import type { Command } from '../../../src/cli/frame/index.ts';

/** What every command takes beside its own options. */
const COMMON = ['--json', '--as', '--help'];

const noun = Object.entries(COMMAND_TABLE.nouns);
const loaded = await Promise.all(noun.map(async ([, { load }]) => (await load()).commands));
const commands = new Map(loaded.flat().map((command) => [command.name, command]));

describe('the commands in the documents', () => {
  it('exist, with the options that they are written with', () => {
    const written = pages().flatMap((page) => readCommands(page, readFileSync(page, 'utf8')));
    expect(written.length).toBeGreaterThan(150);
    expect(written.flatMap(findFault)).toEqual([]);
  });

  it('a command that does not exist, or an option that it does not take, is found', () => {
    const text = 'Run `refill credit give`, `refill order list --colour red` or `refill order list`.';
    expect(readCommands('page.md', text).flatMap(findFault)).toEqual([
      'page.md: refill credit give: no such command',
      'page.md: refill order list --colour red: no option --colour',
    ]);
  });
});

interface Written {
  page: string;
  line: string;
}

/** Lines of code blocks, and code within sentences, that begin with our command. */
function readCommands(page: string, text: string): Written[] {
  const blocks = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm)].flatMap(([, code = '']) =>
    code.split('\n'),
  );
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...blocks, ...spans]
    .map(
      (code) =>
        /(?:^|&& |exec app |\$\()(?:npx |npm run (?:-s )?)?refill (?:-- )?(.+)$/.exec(code.trim())?.[1],
    )
    .filter((line) => line !== undefined)
    .map((line) => ({ page, line }));
}

function findFault({ page, line }: Written): string[] {
  const words = line.replace(/"[^"]*"/g, 'TEXT').split(/\s+/);
  if (!/^[a-z-]+$/.test(words[0] ?? '') || words[0]?.startsWith('-')) return [];
  if (words[1] === '--help') return [];
  const verbs = (words[1] ?? '').split('|');
  const found = verbs.map((verb) => commands.get(`${words[0]} ${verb}`) ?? commands.get(words[0] ?? ''));
  if (found.some((command) => command === undefined)) return [`${page}: refill ${line}: no such command`];
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/[^a-z-].*$/, ''));
  return options
    .filter((option) => !found.every((command) => takes(command, option)))
    .map((option) => `${page}: refill ${line}: no option ${option}`);
}

function takes(command: Command | undefined, option: string): boolean {
  const flags = Object.values(command?.params ?? {}).map((param) => param.flags.split(' ')[0]);
  return [...COMMON, ...flags].includes(option);
}

function pages(): string[] {
  const folders = ['docs', 'src', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  );
  return ['README.md', 'CONTRIBUTING.md', ...folders.filter((file) => file.endsWith('.md'))];
}
