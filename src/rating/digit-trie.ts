const ZERO = 48;
const NONE = 0;

/** Finds what belongs to the longest of its prefixes that a number begins with. */
export interface DigitTrie<T> {
  /** Looks at the digits of `number` from place `start` on; undefined where no prefix fits. */
  longest(number: string, start: number): T | undefined;
}

/**
 * Builds a trie over prefixes of digits (`''` fits every number). One step an array read and no string cut: looking up
 * costs less than hashing one prefix would.
 */
export function createDigitTrie<T>(entries: Iterable<readonly [prefix: string, value: T]>): DigitTrie<T> {
  const values: T[] = [];
  /** Ten branches a node; node 0 is the root, so 0 as a branch means none. */
  let branches = new Int32Array(10 * 64);
  /** One more than the value's place; 0 where a node has none. */
  let valueAt = new Int32Array(64);
  let nodes = 1;
  for (const [prefix, value] of entries) {
    let node = 0;
    for (let i = 0; i < prefix.length; i += 1) {
      const branch = node * 10 + (prefix.charCodeAt(i) - ZERO);
      if (branches[branch] === NONE) {
        if (nodes === valueAt.length) {
          branches = grow(branches);
          valueAt = grow(valueAt);
        }
        branches[branch] = nodes;
        nodes += 1;
      }
      node = branches[branch] ?? NONE;
    }
    valueAt[node] = values.push(value);
  }
  return {
    longest(number, start) {
      let found = valueAt[0] ?? 0;
      let node = 0;
      for (let i = start; i < number.length; i += 1) {
        node = branches[node * 10 + (number.charCodeAt(i) - ZERO)] ?? NONE;
        if (node === NONE) break;
        const here = valueAt[node] ?? 0;
        if (here !== 0) found = here;
      }
      return found === 0 ? undefined : values[found - 1];
    },
  };
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
