import { parseSync } from 'vite';
import { isNode, type Node } from '../syntax-tree.ts';

/** Names of the functions that a place of a source stands in, as the engine names them, the outermost first. */
export function enclosingFunctions(file: string, source: string, place: number): string[] {
  const names: string[] = [];
  const visit = (node: Node, given: string): void => {
    if (place < node.start || place >= node.end) return;
    if (/^(Arrow)?Function/.test(node.type)) {
      const name = nameOf(node.id) || given;
      if (name !== '') names.push(name);
    }
    const named = nameOf(node.id ?? node.key);
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value])
        if (isNode(child)) visit(child, child === node.init || child === node.value ? named : '');
  };
  visit(parseSync(file, source).program as unknown as Node, '');
  return names;
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node.name === 'string' ? node.name : '';
}
