import type { Scope } from './access.ts';

/** A scope as a form's option or a button carries it: `company` or `office:12`. */
export function encodeScope(scope: Scope): string {
  return scope.kind === 'company' ? 'company' : `office:${scope.officeId}`;
}

/** The scope that a client sent back, or null. Untrusted: what the person may do there is checked again. */
export function decodeScope(text: string | undefined): Scope | null {
  if (text === 'company') return { kind: 'company' };
  const office = /^office:(\d{1,18})$/.exec(text ?? '')?.[1];
  return office === undefined ? null : { kind: 'office', officeId: BigInt(office) };
}
