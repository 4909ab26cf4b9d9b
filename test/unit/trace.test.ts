import { expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { currentRequestId, newRequestId, readRequestId, withTrace } from '../../src/trace.ts';

it('a safe id that was sent is taken; anything else gets a new one, unlike any other', () => {
  expect(readRequestId('7f3a9c1e-5b7d.4a2f_01')).toBe('7f3a9c1e-5b7d.4a2f_01');
  const refused = [
    undefined,
    '',
    'short',
    'a'.repeat(65),
    'with space',
    'line\nbreak',
    '{"a":1}',
    ['a', 'b'],
    '-leading',
  ];
  const given = refused.map(readRequestId);
  expect(new Set(given).size).toBe(refused.length);
  for (const id of [...given, newRequestId()]) expect(readRequestId(id)).toBe(id);
});

it('each line that is written under a trace says which request it is of, across awaits, and none outside of one', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', {
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const work = (requestId: string) =>
    withTrace({ requestId, job: 'x' }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.info(requestId);
    });
  await Promise.all([work('request-1'), work('request-2')]);
  log.info('outside');
  expect(currentRequestId()).toBeNull();
  expect(lines.map(({ msg, requestId, job }) => [msg, requestId, job])).toEqual([
    ['request-1', 'request-1', 'x'],
    ['request-2', 'request-2', 'x'],
    ['outside', undefined, undefined],
  ]);
});
