import { type Add, isNode, type Node } from './syntax-tree.ts';

/** Bounds in a question to the database. */
const SWAPPED_BOUNDS: Readonly<Record<string, string>> = { lt: 'lte', lte: 'lt', gt: 'gte', gte: 'gt' };

/** What can be wrong in a question to the database: a condition that is missing, a bound that takes its end in or not. */
export function mutateObject({ properties }: Node, source: string, add: Add): void {
  for (const property of nodesOf(properties)) {
    const { key, value } = property;
    if (property.type !== 'Property' || !isNode(key) || key.type !== 'Identifier') continue;
    const by = SWAPPED_BOUNDS[String(key.name)];
    if (by !== undefined) add('boundary', key.start, key.end, by);
    if (key.name === 'where' && isNode(value) && value.type === 'ObjectExpression')
      dropConditions(nodesOf(value.properties), source, add);
  }
}

/** One of several conditions at a time: a question without any is another matter. */
function dropConditions(conditions: readonly Node[], source: string, add: Add): void {
  if (conditions.length < 2) return;
  for (const { start, end } of conditions) {
    const comma = /^\s*,\s*/.exec(source.slice(end))?.[0].length;
    if (comma !== undefined) add('dropped condition', start, end + comma, '');
    else add('dropped condition', start - (/,\s*$/.exec(source.slice(0, start))?.[0].length ?? 0), end, '');
  }
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
