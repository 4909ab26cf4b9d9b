const FIRST_SIZE = 1_024;

/** Keys of a file that several rows have. */
export interface RepeatedKeys {
  has(key: number): boolean;
  /** Rows of this key say different things. */
  isClashing(key: number): boolean;
}

/** A text as a number of 53 bits: two of a million texts are the same once in ten thousand files, which costs a look-up. */
export function hashText(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (low & 0x1fffff) * 0x100000000 + (high >>> 0);
}

/** The keys of a file's rows with what each row says, in 16 bytes a row. */
export class RowKeys {
  private keys = new Float64Array(FIRST_SIZE);
  private facts = new Float64Array(FIRST_SIZE);
  private size = 0;

  take(key: number, facts: number): void {
    if (this.size === this.keys.length) {
      this.keys = grow(this.keys);
      this.facts = grow(this.facts);
    }
    this.keys[this.size] = key;
    this.facts[this.size] = facts;
    this.size += 1;
  }

  findRepeated(): RepeatedKeys {
    const sorted = this.keys.slice(0, this.size).sort();
    const repeated = new Map<number, number | null>();
    for (let at = 1; at < sorted.length; at += 1) {
      const key = sorted[at];
      if (key !== undefined && key === sorted[at - 1]) repeated.set(key, null);
    }
    const clashing = new Set<number>();
    for (let at = 0; at < this.size && repeated.size > 0; at += 1) {
      const key = this.keys[at] ?? 0;
      const known = repeated.get(key);
      const facts = this.facts[at] ?? 0;
      if (known === null) repeated.set(key, facts);
      else if (known !== undefined && known !== facts) clashing.add(key);
    }
    return { has: (key) => repeated.has(key), isClashing: (key) => clashing.has(key) };
  }
}

function grow(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
