import type { BooksTx } from './books.ts';
import { invalidParameter } from './errors.ts';
import { kindOf } from './ids.ts';
import type { Form } from './read-form.ts';

const MAX_DEPTH = 4;

/**
 * Replaces ids by the objects they name, for each path in `expand` (`latest_charge`, `data.customer`, …).
 * Throws a 400 for a path that leads to nothing expandable.
 */
export async function expandReply(tx: BooksTx, body: unknown, form: Form): Promise<unknown> {
  const paths = Array.isArray(form.expand) ? form.expand : [];
  let expanded = body;
  for (const path of paths) {
    if (typeof path !== 'string') throw invalidParameter('expand', 'Invalid expand.');
    const parts = path.split('.');
    if (parts.length > MAX_DEPTH) {
      throw invalidParameter(
        'expand',
        `You cannot expand more than ${MAX_DEPTH} levels of a property (${path}).`,
      );
    }
    expanded = await expandPath(tx, expanded, parts, path);
  }
  return expanded;
}

async function expandPath(
  tx: BooksTx,
  node: unknown,
  parts: readonly string[],
  path: string,
): Promise<unknown> {
  const [part, ...rest] = parts;
  if (node === null) return node;
  if (part === undefined) {
    if (typeof node === 'object') return node;
    throw notExpandable(path);
  }
  if (Array.isArray(node)) {
    const items: unknown[] = [];
    for (const item of node) items.push(await expandPath(tx, item, parts, path));
    return items;
  }
  if (typeof node !== 'object' || !(part in node)) throw notExpandable(path);
  const value: unknown = Reflect.get(node, part);
  const child = typeof value === 'string' ? await load(tx, value, path) : value;
  return { ...node, [part]: await expandPath(tx, child, rest, path) };
}

async function load(tx: BooksTx, id: string, path: string): Promise<unknown> {
  const kind = kindOf(id);
  const found = kind === undefined ? undefined : await tx.find(kind, id);
  if (found === undefined) throw notExpandable(path);
  return found.body;
}

function notExpandable(path: string): Error {
  return invalidParameter('expand', `This property cannot be expanded (${path}).`);
}
