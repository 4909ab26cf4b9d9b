import { parseSync } from 'vite';
import { mutateObject } from './mutate-object.ts';
import type { Mutation } from './mutation.ts';
import { type Add, isNode, type Node } from './syntax-tree.ts';

const SWAPPED_OPERATORS: Readonly<Record<string, readonly [operator: string, by: string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '==': ['equality', '!='],
  '!=': ['equality', '=='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
};

/** Methods and keys that compare or count: of Decimal, Math and the database client's questions. */
const SWAPPED_NAMES: Readonly<Record<string, string>> = {
  lessThan: 'lessThanOrEqualTo',
  lessThanOrEqualTo: 'lessThan',
  greaterThan: 'greaterThanOrEqualTo',
  greaterThanOrEqualTo: 'greaterThan',
  plus: 'minus',
  minus: 'plus',
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
};

/** Log lines are nobody's guarantee. */
const LOG_CALL = /^(deps\.|options\.|this\.#?)?log(\.|\[)/;

/** Every mutation of a TypeScript source by the classical operators; none in types, imports, comments and log lines. */
export function mutateTypescript(file: string, source: string): Mutation[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const mutations: Mutation[] = [];
  const add: Add = (operator, start, end, replacement) =>
    mutations.push({ file, start, end, replacement, operator });
  walk(program as unknown as Node, (node) => {
    const text = source.slice(node.start, node.end);
    if (node.type === 'CallExpression' && LOG_CALL.test(text)) return false;
    mutateNode(node, source, add);
    return true;
  });
  return mutations;
}

/** Visits what runs; a visitor that answers false keeps it out of a node. */
function walk(node: Node, visit: (node: Node) => boolean): void {
  const isType = node.type.startsWith('TS') && !(isNode(node.expression) && node.type !== 'TSTypeQuery');
  if (isType || node.type === 'ImportDeclaration' || !visit(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (/type/i.test(key) && key !== 'type') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function mutateNode(node: Node, source: string, add: Add): void {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      mutateOperator(node, source, add);
      break;
    case 'UnaryExpression':
      if (node.operator === '!' && isNode(node.argument))
        add('negation', node.start, node.end, source.slice(node.argument.start, node.argument.end));
      break;
    case 'IfStatement':
      mutateIf(node, source, add);
      break;
    case 'ConditionalExpression':
      negate(node.test, source, add);
      break;
    case 'Literal':
      mutateLiteral(node, source, add);
      break;
    case 'ExpressionStatement':
      if (isNode(node.expression) && isAwaitedCall(node.expression))
        add('dropped call', node.start, node.end, '');
      break;
    case 'MemberExpression':
      mutateName(node.property, add);
      break;
    case 'ObjectExpression':
      mutateObject(node, source, add);
      break;
  }
}

function mutateOperator({ left, right, operator }: Node, source: string, add: Add): void {
  if (!isNode(left) || !isNode(right)) return;
  const found = SWAPPED_OPERATORS[String(operator)];
  const at = source.indexOf(String(operator), left.end);
  if (found === undefined || at < 0 || at >= right.start) return;
  const [kind, by] = found;
  add(kind, at, at + String(operator).length, by);
  if (kind !== 'logic') return;
  add('removed condition', left.start, right.end, source.slice(left.start, left.end));
  add('removed condition', left.start, right.end, source.slice(right.start, right.end));
}

function mutateIf(node: Node, source: string, add: Add): void {
  negate(node.test, source, add);
  if (node.alternate === null) add('removed block', node.start, node.end, '');
}

function negate(test: unknown, source: string, add: Add): void {
  if (!isNode(test) || test.type === 'UnaryExpression' || test.type === 'BinaryExpression') return;
  add('negation', test.start, test.end, `!(${source.slice(test.start, test.end)})`);
}

function mutateLiteral({ start, end, value }: Node, source: string, add: Add): void {
  const raw = source.slice(start, end);
  if (value === 'asc' || value === 'desc') add('order', start, end, value === 'asc' ? "'desc'" : "'asc'");
  const [, digits = '', suffix = ''] = /^(\d[\d_]*)(n?)$/.exec(raw) ?? [];
  if (digits === '') return;
  const number = BigInt(digits.replaceAll('_', ''));
  add('constant', start, end, `${number + 1n}${suffix}`);
  if (number > 0n) add('constant', start, end, `${number - 1n}${suffix}`);
}

function mutateName(property: unknown, add: Add): void {
  if (!isNode(property) || property.type !== 'Identifier') return;
  const by = SWAPPED_NAMES[String(property.name)];
  if (by !== undefined) add('comparison or sum', property.start, property.end, by);
}

function isAwaitedCall({ type, argument }: Node): boolean {
  return type === 'AwaitExpression' && isNode(argument) && argument.type === 'CallExpression';
}
