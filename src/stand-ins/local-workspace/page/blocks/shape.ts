/** Reading the untyped JSON of blocks without trusting it: what is missing or odd reads as absent. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): Json | undefined => (isObject(value) ? value : undefined);
export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const textOf = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise;
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The words of a text object (`{type, text}`), or of a bare string. */
export const plainTextOf = (value: unknown): string => textOf(isObject(value) ? value.text : value);
