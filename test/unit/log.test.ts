import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { RefillError } from '../../src/errors.ts';
import { createLogger } from '../../src/log.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('debug', { write: (line) => lines.push(line) }));
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

describe('the log', () => {
  it('keeps what an operator needs of an error: its type, code, message, stack and cause', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
      port: 5432,
    });
    const error = new RefillError('database-unavailable', 'Away.', { company: 7n }, { cause });
    const { err } = logged((log) => log.error({ err: error }, 'failed')) as { err: Record<string, unknown> };
    expect(err).toMatchObject({
      type: 'RefillError',
      code: 'database-unavailable',
      message: 'Away.',
      details: { company: '7' },
      cause: { type: 'Error', code: 'ECONNREFUSED', syscall: 'connect', port: 5432 },
    });
    expect(err.stack).toMatch(/log\.test/);
  });

  it('keeps nothing else that a library hangs on an error or that is no plain value', () => {
    const server = createServer();
    const error = Object.assign(new Error('no route'), {
      req: { headers: { cookie: 'c0okie' }, rawHeaders: ['Cookie', 'c0okie'] },
      res: server,
      config: { headers: { authorization: 'Bearer abcdefgh' } },
    });
    const line = JSON.stringify(
      logged((log) =>
        log.warn({ err: error, server, headers: { cookie: 'c0okie' }, inner: { body: 'c0okie' } }, 'x'),
      ),
    );
    expect(line).not.toMatch(/c0okie|abcdefgh|rawHeaders/);
    expect(line).toContain('"server":"[Server]"');
    expect(line.length).toBeLessThan(4_000);
  });

  it.each([
    'xoxb-1234-abcdef',
    'xapp-1-A0-secretpart',
    'sk_live_abcdefgh1234',
    'rk_test_abcdefgh1234',
    'whsec_abcdefgh1234',
    'Bearer rk_abcdefgh12345678',
    'postgres://refill:abcdefgh@db/refill',
    'https://hooks.slack.com/commands/T1/abcdefgh',
    'REFILL* CHECK7ABC',
    '+14155550100',
    'abcdef.ghi@example.com',
  ])('masks a secret that stands inside a text: %s', (secret) => {
    const line = JSON.stringify(
      logged((log) => log.warn({ err: new Error(`failed with ${secret}`), why: secret }, 'x')),
    );
    expect(line).not.toMatch(/abcdef|secretpart|7ABC|4155550100/);
    expect(line).toContain('[removed]');
  });

  it('withholds fields that are secrets by their name, and says whether one was there', () => {
    const line = logged((log) =>
      log.info({ botToken: 'x1', secretKey: undefined, replyUrl: 'https://x1', code: 'x2', url: '/x3' }, 'x'),
    );
    expect(line).toMatchObject({ botToken: '[removed]', replyUrl: '[removed]', code: 'x2', url: '/x3' });
  });

  it('bounds what one line may hold', () => {
    const deep = (depth: number): object =>
      depth === 0 ? {} : Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, deep(depth - 1)]));
    const line = logged((log) => log.info({ text: 'a'.repeat(50_000), list: Array(5_000).fill(1) }, 'x'));
    expect(JSON.stringify(line).length).toBeLessThan(2_500);
    expect(JSON.stringify(logged((log) => log.info({ deep: deep(2) }, 'x'))).length).toBeLessThan(30_000);
  });
});
