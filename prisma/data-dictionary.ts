// Writes docs/data-dictionary.md from prisma/schema.prisma: each table with what a row of it is, and its
// columns; each enum with its values.
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
const ENUM = /((?:^\/\/\/.*\n)*)^enum (\w+) \{\n([\s\S]*?)^\}/gm;
const COLUMN = /^ {2}(\w+)\s+(\w+)(\[\]|\?)?(.*)$/gm;

interface Enum {
  model: string;
  name: string;
  about: string;
  values: string[];
}

interface Table {
  name: string;
  about: string;
  key: string[];
  columns: RegExpExecArray[];
}

/** The dictionary as Markdown, tables by name; `schema` is the text of schema.prisma. */
export function describeTables(schema: string): string {
  const enums = [...schema.matchAll(ENUM)].map(([, comment = '', model = '', body = '']) => ({
    model,
    name: mapped(body.match(/@@map\("(\w+)"\)/), model),
    about: textOf(comment),
    values: [...body.matchAll(/^ {2}(\w+)$/gm)].map(([, value = '']) => value),
  }));
  const nameOf = new Map(enums.map(({ model, name }) => [model, name]));
  const tables = [...schema.matchAll(MODEL)].map(([, comment = '', model = '', body = '']) => ({
    name: mapped(body.match(/@@map\("(\w+)"\)/), model),
    about: textOf(comment),
    key: (body.match(/@@id\(\[([^\]]+)\]/)?.[1] ?? '').split(/,\s*/),
    columns: [...body.matchAll(COLUMN)].filter(([, , type = '']) => SCALARS.has(type) || nameOf.has(type)),
  }));
  tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '# Data dictionary',
    '',
    'Made from `prisma/schema.prisma` by `npm run data-dictionary`. Amounts end in `_micros`: millionths of a dollar.',
    'Keys are marked with `key`; a `?` after a type means that the column may be null.',
    ...tables.flatMap((table) => describeTable(table, nameOf)),
    ...describeEnums(enums),
    '',
  ].join('\n');
}

function describeTable({ name, about, key, columns }: Table, enums: ReadonlyMap<string, string>): string[] {
  const rows = columns.map(([, field = '', type = '', mark = '', rest = '']) => {
    const column = mapped(rest.match(/@map\("(\w+)"\)/), field);
    const isKey = key.includes(field) || rest.includes('@id');
    return `| \`${column}\` | ${enums.get(type) ?? type}${mark} | ${isKey ? 'key' : ''} |`;
  });
  return ['', `## ${name}`, '', about, '', '| column | type | |', '| --- | --- | --- |', ...rows];
}

function describeEnums(enums: readonly Enum[]): string[] {
  const rows = enums.map(({ name, about, values }) => `| \`${name}\` | ${values.join(', ')} | ${about} |`);
  return ['', '## Enums', '', '| name | values | |', '| --- | --- | --- |', ...rows.sort()];
}

const textOf = (comment: string): string =>
  comment
    .replace(/^\/\/\/ ?/gm, '')
    .trim()
    .replaceAll('\n', ' ');

const mapped = (match: RegExpMatchArray | null, otherwise: string): string => match?.[1] ?? otherwise;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('docs/data-dictionary.md', describeTables(readFileSync('prisma/schema.prisma', 'utf8')));
