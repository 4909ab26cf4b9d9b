/** Text as PostgreSQL can keep it: without NUL, and without halves of characters. */
export function storableText(value: string): string {
  // Nearly all text is whole, and looking is cheaper than replacing.
  if (!/\0|[\uD800-\uDFFF]/.test(value)) return value;
  return value.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}
