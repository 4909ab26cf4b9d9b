import { parse } from 'qs';

/** A decoded form: strings at the leaves, objects and arrays where the brackets say so. */
type FormValue = string | FormValue[] | { [key: string]: FormValue };
/** The parameters of one request. */
export type Form = { [key: string]: FormValue };

/** More than any call of the SDK has; the library would leave out the rest without a word. */
const MAX_PARAMETERS = 10_000;

/**
 * Decodes `application/x-www-form-urlencoded` with nested brackets, as the SDK writes it:
 * `metadata[order]=7&expand[0]=charges` becomes `{ metadata: { order: '7' }, expand: ['charges'] }`. Names that would reach
 * into the prototype of objects are left out. Throws a RangeError for more than 10,000 parameters.
 */
export function readForm(encoded: string): Form {
  return parse(encoded, {
    parameterLimit: MAX_PARAMETERS,
    throwOnLimitExceeded: true,
    arrayLimit: MAX_PARAMETERS,
    depth: 20,
    duplicates: 'last',
  }) as Form;
}
