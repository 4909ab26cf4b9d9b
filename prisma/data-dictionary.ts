// Writes docs/data-dictionary.md from prisma/schema.prisma: each table with what a row of it is, and its columns.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SCALARS = new Set([
  'BigInt',
  'Int',
  'String',
  'Boolean',
  'DateTime',
  'Json',
  'Bytes',
  'Decimal',
  'Float',
]);
const MODEL = /((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm;
const COLUMN = /^ {2}(\w+)\s+(\w+)(\[\]|\?)?(.*)$/gm;

interface Table {
  name: string;
  about: string;
  key: string[];
  columns: RegExpExecArray[];
}

/** The dictionary as Markdown, tables by name; `schema` is the text of schema.prisma. */
export function describeTables(schema: string): string {
  const tables = [...schema.matchAll(MODEL)].map(([, comment = '', model = '', body = '']) => ({
    name: mapped(body.match(/@@map\("(\w+)"\)/), model),
    about: comment
      .replace(/^\/\/\/ ?/gm, '')
      .trim()
      .replaceAll('\n', ' '),
    key: (body.match(/@@id\(\[([^\]]+)\]/)?.[1] ?? '').split(/,\s*/),
    columns: [...body.matchAll(COLUMN)].filter(([, , type = '']) => SCALARS.has(type)),
  }));
  tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '# Data dictionary',
    '',
    'Made from `prisma/schema.prisma` by `npm run data-dictionary`. Amounts end in `_micros`: millionths of a dollar.',
    'Keys are marked with `key`; a `?` after a type means that the column may be null.',
    ...tables.flatMap(describeTable),
    '',
  ].join('\n');
}

function describeTable({ name, about, key, columns }: Table): string[] {
  const rows = columns.map(([, field = '', type = '', mark = '', rest = '']) => {
    const column = mapped(rest.match(/@map\("(\w+)"\)/), field);
    const isKey = key.includes(field) || rest.includes('@id');
    return `| \`${column}\` | ${type}${mark} | ${isKey ? 'key' : ''} |`;
  });
  return ['', `## ${name}`, '', about, '', '| column | type | |', '| --- | --- | --- |', ...rows];
}

const mapped = (match: RegExpMatchArray | null, otherwise: string): string => match?.[1] ?? otherwise;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('docs/data-dictionary.md', describeTables(readFileSync('prisma/schema.prisma', 'utf8')));
