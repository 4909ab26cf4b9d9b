import { z } from 'zod';
import { API_PROBLEMS } from '../../problems.ts';
import { buildDocument } from '../build-document.ts';
import type { Block } from './blocks.ts';

/** What the reference reads of the document. */
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    format: z.string().optional(),
    description: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    default: z.unknown().optional(),
    items: schema.optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
  }),
);
interface Schema {
  $ref?: string | undefined;
  type?: string | string[] | undefined;
  format?: string | undefined;
  description?: string | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  default?: unknown;
  items?: Schema | undefined;
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
}
const content = z.record(z.string(), z.object({ schema }));
const operation = z.object({
  tags: z.tuple([z.string()]),
  summary: z.string(),
  description: z.string(),
  parameters: z
    .array(z.object({ name: z.string(), required: z.boolean(), description: z.string(), schema }))
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
});
const readable = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/** The reference of the API, from its document alone: every operation, everything it is made of, every code of an error. */
export function composeReference(): Block[] {
  const { info, tags, paths, components } = readable.parse(buildDocument());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ name: `${method.toUpperCase()} ${path}`, of })),
  );
  return [
    { heading: info.title, level: 1 },
    { text: info.description },
    ...tags.flatMap(({ name }): Block[] => [
      { heading: name, level: 2 },
      ...operations.filter(({ of }) => of.tags[0] === name).flatMap(describeOperation),
    ]),
    { heading: 'What they are made of', level: 2 },
    ...Object.entries(components.schemas).flatMap(([name, of]): Block[] => [
      { heading: name, level: 3, id: idOf(name) },
      ...describeSchema(of),
    ]),
    { heading: 'Errors', level: 2 },
    {
      text: 'An error is `application/problem+json`: decide by its `code`, which never changes its meaning.',
    },
    ...Object.entries(API_PROBLEMS).flatMap(([code, { status, title, remedy }]): Block[] => [
      { heading: code, level: 3, id: code },
      { text: `\`${status}\` ${title}. ${remedy}` },
    ]),
  ];
}

function describeOperation({ name, of }: { name: string; of: z.output<typeof operation> }): Block[] {
  const { 200: reply, ...refusals } = of.responses;
  const sent = of.requestBody?.content['application/json']?.schema;
  const answered = reply?.content['application/json']?.schema;
  return [
    { heading: name, level: 3 },
    { text: `${of.summary}. ${of.description.replace('\n\n', ' ')}` },
    ...(of.parameters.length === 0
      ? []
      : [
          {
            head: ['parameter', 'type', ''],
            rows: of.parameters.map((each) => [
              `\`${each.name}\`${each.required ? ', required' : ''}`,
              typeOf(each.schema),
              `${each.description}${defaultOf(each.schema)}`,
            ]),
          },
        ]),
    ...(sent === undefined ? [] : [{ text: `Takes ${typeOf(sent)}.` }]),
    ...(answered === undefined
      ? []
      : answered.properties === undefined
        ? [{ text: `Answers ${typeOf(answered)}.` }]
        : [{ text: 'Answers:' }, ...describeSchema(answered)]),
    {
      head: ['refused with', ''],
      rows: Object.entries(refusals).map(([status, { description }]) => [`\`${status}\``, description]),
    },
  ];
}

function describeSchema(of: Schema): Block[] {
  const text = of.description === undefined ? [] : [{ text: of.description }];
  const parts = of.oneOf ?? of.anyOf;
  if (parts !== undefined) {
    const named = parts.every(({ $ref }) => $ref !== undefined);
    return named
      ? [...text, { text: `One of ${parts.map(typeOf).join(', ')}.` }]
      : [...text, ...parts.flatMap(describeSchema)];
  }
  const fields = Object.entries(of.properties ?? {}).map(([name, field]) => [
    `\`${name}\`${of.required?.includes(name) === true ? ', required' : ''}`,
    typeOf(field),
    `${field.description ?? ''}${defaultOf(field)}`.trim(),
  ]);
  return fields.length === 0 ? text : [...text, { head: ['field', 'type', ''], rows: fields }];
}

function defaultOf(of: Schema): string {
  return of.default === undefined ? '' : ` Default: \`${JSON.stringify(of.default)}\`.`;
}

function typeOf(of: Schema): string {
  if (of.$ref !== undefined) {
    const name = of.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${idOf(name)})`;
  }
  const parts = of.oneOf ?? of.anyOf;
  if (parts !== undefined) return [...new Set(parts.map(typeOf))].join(' or ');
  if (of.const !== undefined) return `\`${JSON.stringify(of.const)}\``;
  if (of.enum !== undefined) return of.enum.map((value) => `\`${value}\``).join(', ');
  if (of.items !== undefined) return `list of ${typeOf(of.items)}`;
  if (of.properties !== undefined)
    return Object.entries(of.properties)
      .map(([name, field]) => `\`${name}\`: ${typeOf(field)}`)
      .join('; ');
  return of.format === 'date-time' ? 'time' : [of.type ?? 'anything'].flat().join(' or ');
}

const idOf = (name: string): string => name.toLowerCase();
