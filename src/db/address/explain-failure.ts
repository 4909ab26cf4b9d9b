import { RefillError } from '../../errors.ts';
import { readDatabaseError } from '../read-database-error.ts';
import type { DatabaseAddress } from './read-address.ts';

/** How long waiting may help: a server that starts comes up, a wrong password stays wrong. */
type Patience = 'until-up' | 'a-minute' | 'none';

export interface ConnectFailure {
  patience: Patience;
  /** `database-unavailable` where waiting may help, `database-refused` where it does not. */
  error: RefillError;
}

interface Reason {
  patience: Patience;
  sentence: string;
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** Says in one sentence why no connection came about, and what to change. */
export function explainFailure(error: unknown, address: DatabaseAddress): ConnectFailure {
  if (error instanceof RefillError) {
    return { patience: error.code === 'database-unavailable' ? 'until-up' : 'none', error };
  }
  const { message = String(error), sqlState } = readDatabaseError(error) ?? {};
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason =
    explainTls(code, message, address) ??
    explainSocket(code, message, address) ??
    explainSqlState(sqlState, message, address);
  const found = reason ?? {
    patience: 'a-minute' as const,
    sentence: `${capital(address.name)} can't be reached: ${message || code || 'no answer'}.`,
  };
  return {
    patience: found.patience,
    error: new RefillError(
      found.patience === 'none' ? 'database-refused' : 'database-unavailable',
      found.sentence,
      { fault: { code, sqlState } },
      { cause: error },
    ),
  };
}

function explainTls(code: string, message: string, { host }: DatabaseAddress): Reason | undefined {
  const never = (sentence: string): Reason => ({ patience: 'none', sentence });
  if (UNTRUSTED.has(code)) {
    return never(
      `No authority that this machine knows vouches for the certificate of ${host} (${message}): add sslrootcert=/path/to/ca.pem with its authority to DATABASE_URL, or sslmode=no-verify to encrypt without knowing who answers.`,
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return never(
      `The certificate at ${host} belongs to another host name: use the name it was issued for in DATABASE_URL, or sslmode=verify-ca with sslrootcert.`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return never(`The certificate of ${host} is not valid today (${message}): renew it on the server.`);
  if (message.includes('does not support SSL connections')) {
    return never(
      `The server at ${host} offers no encryption: remove sslmode from DATABASE_URL, or switch it on there (ssl = on).`,
    );
  }
  return /^ERR_(SSL|TLS|OSSL)/.test(code) || code === 'EPROTO'
    ? never(
        `No encrypted connection to ${host} came about (${message}): check the ssl… parameters of DATABASE_URL.`,
      )
    : undefined;
}

function explainSocket(code: string, message: string, address: DatabaseAddress): Reason | undefined {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return {
        patience: 'until-up',
        sentence: `Nothing answers for ${address.name}: start PostgreSQL there, or correct DATABASE_URL.`,
      };
    case 'ENOTFOUND':
      return {
        patience: 'a-minute',
        sentence: `The host name ${address.host} does not exist: correct DATABASE_URL.`,
      };
    case 'EAI_AGAIN':
      return {
        patience: 'until-up',
        sentence: `The host name ${address.host} can't be looked up at the moment.`,
      };
    case 'EACCES':
      return { patience: 'none', sentence: `This account may not use the socket in ${address.host}.` };
  }
  const isSilent = code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || /timeout/i.test(message);
  return isSilent
    ? {
        patience: 'a-minute',
        sentence: `${capital(address.name)} does not answer: check host and port in DATABASE_URL, and any firewall in between.`,
      }
    : undefined;
}

function explainSqlState(
  sqlState: string | undefined,
  message: string,
  address: DatabaseAddress,
): Reason | undefined {
  const { user = 'this account', database = user } = address.connection;
  const never = (sentence: string): Reason => ({ patience: 'none', sentence });
  switch (sqlState) {
    case undefined:
      return undefined;
    case '28P01':
      return never(
        `The server of ${address.name} refuses the password of ${user}: correct it in DATABASE_URL.`,
      );
    case '28000':
      return message.includes('no encryption')
        ? never(
            `The server of ${address.name} wants an encrypted connection: add sslmode=require to DATABASE_URL.`,
          )
        : never(`The server of ${address.name} does not let ${user} in (${message}): see its pg_hba.conf.`);
    case '3D000':
      return never(
        `There is no database ${database} on that server: CREATE DATABASE "${database}" ENCODING 'UTF8' TEMPLATE template0, or correct DATABASE_URL.`,
      );
    case '42501':
      return never(
        `${user} has no right to use ${address.name} (${message}): GRANT it, or make it the owner.`,
      );
    case '08P01':
      return explainPooler(message, address);
    case '57P03':
    case '57P01':
    case '53300':
    case '55000':
      return {
        patience: 'until-up',
        sentence: `${capital(address.name)} takes no connection yet: ${message}.`,
      };
  }
  return sqlState.startsWith('22') || sqlState.startsWith('42')
    ? never(
        `The server of ${address.name} refuses the settings asked for (${message}): correct ?options= in DATABASE_URL.`,
      )
    : undefined;
}

/** A pooler answers with a protocol violation where the server behind it never heard the question. */
function explainPooler(message: string, address: DatabaseAddress): Reason {
  const parameter = /unsupported startup parameter: (\S+)/.exec(message)?.[1];
  const sentence =
    parameter === undefined
      ? `The pooler of ${address.name} refuses (${message}): correct DATABASE_URL or the pooler.`
      : `The pooler of ${address.name} takes no ${parameter}: remove ?${parameter}= from DATABASE_URL (or PGOPTIONS from the environment).`;
  return { patience: 'none', sentence };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
