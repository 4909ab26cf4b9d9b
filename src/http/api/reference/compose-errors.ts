import { API_PROBLEMS, type ProblemCode } from '../../problems.ts';
import { COMMON, problemsOf } from '../build-document.ts';
import { ENDPOINTS } from '../endpoints.ts';
import type { Block } from './blocks.ts';

const EXAMPLE =
  '`{"type":"/v1/docs#hold-unknown","title":"There is no such hold","status":404,"detail":"No hold of this id was granted.","code":"hold-unknown"}`';

/** The integrator's page of errors: every code by its status, what to do about it, and where it comes from. */
export function composeErrors(): Block[] {
  const codes = Object.entries(API_PROBLEMS).sort(([, a], [, b]) => a.status - b.status);
  const isPassing = (status: number): boolean => status === 429 || status >= 500;
  const rowsOf = (passing: boolean): string[][] =>
    codes
      .filter(([, { status }]) => isPassing(status) === passing)
      .map(([code, { status, title, remedy }]) => [`\`${status}\``, `\`${code}\``, `${title}. ${remedy}`]);
  return [
    { heading: 'Errors', level: 1 },
    {
      text: 'A request that is refused as a whole is answered with `application/problem+json` (RFC 9457): decide by its `code`, which never changes its meaning, and show its `detail` to a person. Codes may be added: treat one that you do not know by its status. `error` and `message` say the same as `code` and `detail`, for clients of before.',
    },
    { text: EXAMPLE },
    {
      text: 'A single record that is wrong is no error of the request: it is answered with `200` and its outcome ([events.md](events.md)). Neither is a hold that is refused ([holds.md](holds.md)).',
    },
    { heading: 'Send the same again', level: 2 },
    {
      text: 'With the same ids, so that what was done is not done twice: after `Retry-After` seconds where the answer has it, else after one second, then twice as long each time, up to a minute. Treat a time-out and a broken connection alike.',
    },
    { head: ['status', 'code', ''], rows: rowsOf(true) },
    { heading: 'Change something first', level: 2 },
    { text: 'The same request is refused again.' },
    { head: ['status', 'code', ''], rows: rowsOf(false) },
    { heading: 'Which requests answer which', level: 2 },
    { text: `Every request of the API: ${COMMON.map(codeOf).join(', ')}. These also:` },
    {
      head: ['request', 'codes'],
      rows: ENDPOINTS.map((endpoint) => ({
        endpoint,
        codes: problemsOf(endpoint).filter((code) => !isCommon(code)),
      }))
        .filter(({ codes }) => codes.length > 0)
        .map(({ endpoint: { method, path }, codes }) => [
          codeOf(`${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
          codes.map(codeOf).join(', '),
        ]),
    },
  ];
}

const codeOf = (text: string): string => `\`${text}\``;

function isCommon(code: ProblemCode): boolean {
  return COMMON.some((each) => each === code);
}
