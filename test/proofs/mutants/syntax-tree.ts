/** A node of the parser's tree, as far as it is read here. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Collects a change of what stands between two positions. */
export type Add = (operator: string, start: number, end: number, replacement: string) => void;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
