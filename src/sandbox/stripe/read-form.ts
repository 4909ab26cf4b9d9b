/** A decoded form: strings at the leaves, objects and arrays where the brackets say so. */
type FormValue = string | FormValue[] | { [key: string]: FormValue };
/** The parameters of one request. */
export type Form = { [key: string]: FormValue };

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor']);

/**
 * Decodes `application/x-www-form-urlencoded` with nested brackets, as the SDK writes it:
 * `metadata[order]=7&expand[0]=charges` becomes `{ metadata: { order: '7' }, expand: ['charges'] }`.
 */
export function readForm(encoded: string): Form {
  const root: Form = {};
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = splitName(name);
    if (!path.some((part) => FORBIDDEN.has(part))) setAt(root, path, value);
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, arraysOf(value)]));
}

function splitName(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) return [name];
  return [
    name.slice(0, open),
    ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((part) => part[1] ?? ''),
  ];
}

function setAt(root: Form, path: readonly string[], value: string): void {
  let at = root;
  for (const [depth, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(at).length) : part;
    if (depth === path.length - 1) {
      at[key] = value;
      return;
    }
    const existing = at[key];
    const next: Form = typeof existing === 'object' && !Array.isArray(existing) ? existing : {};
    at[key] = next;
    at = next;
  }
}

/** Objects whose keys are exactly 0, 1, 2 … were lists before they were encoded. */
function arraysOf(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, FormValue] => [key, arraysOf(inner)]);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
