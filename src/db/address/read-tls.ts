import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { RefillError } from '../../errors.ts';

const MODES = 'disable, require, verify-ca, verify-full or no-verify';

/**
 * How a connection string wants its connection encrypted: false where it does not. `require` checks the certificate as
 * `verify-full` does, because encryption to an unverified server protects nothing; to accept that, ask for
 * `no-verify` by name.
 */
export function readTls(
  parameters: ReadonlyMap<string, string>,
  refuse: (reason: string) => RefillError,
): false | ConnectionOptions {
  const file = (key: string): string | undefined => {
    const path = parameters.get(key);
    if (path === undefined || path === '' || path === 'system') return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? error.code : error;
      throw refuse(`names a file in ${key} that can't be read (${reason}): ${path}`);
    }
  };
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')];
  const mode = readMode(parameters, ca !== undefined);
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  switch (mode) {
    case 'disable':
      return false;
    case 'require':
    case 'verify-full':
      return files;
    case 'verify-ca':
      return { ...files, checkServerIdentity: () => undefined };
    case 'no-verify':
      return { ...files, rejectUnauthorized: false };
    default:
      throw refuse(
        `has sslmode=${mode}, which leaves open whether the connection is encrypted: choose ${MODES}.`,
      );
  }
}

function readMode(parameters: ReadonlyMap<string, string>, hasAuthority: boolean): string {
  const mode = parameters.get('sslmode');
  if (mode === 'require' && parameters.get('uselibpqcompat') === 'true')
    return hasAuthority ? 'verify-ca' : 'no-verify';
  if (mode !== undefined) return mode;
  const ssl = parameters.get('ssl');
  if (ssl === 'true' || ssl === '1') return 'verify-full';
  if (ssl === 'no-verify') return ssl;
  return hasAuthority ? 'verify-full' : 'disable';
}
