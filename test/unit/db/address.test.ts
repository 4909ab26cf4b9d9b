import { describe, expect, it } from 'vitest';
import { judgeFacts, type SessionFacts } from '../../../src/db/address/check-session.ts';
import { explainFailure, readAddress, withDatabaseName } from '../../../src/db/address/index.ts';

describe('a database address is taken apart as PostgreSQL reads it', () => {
  it.each([
    [
      'postgres://u:p@db.example.com:6543/refill',
      { host: 'db.example.com', port: 6543, user: 'u', password: 'p' },
    ],
    ['postgresql://u@db/refill?schema=public&connection_limit=5', { host: 'db', port: 5432, user: 'u' }],
    ['postgres://u:p%23%2F%3F%40%25@db/refill', { password: 'p#/?@%' }],
    ['postgres://u:100%@db/refill', { password: '100%' }],
    ['postgres://u:p@ss@db/refill', { password: 'p@ss', host: 'db' }],
    ['postgres://u:p@[::1]:5433/refill', { host: '::1', port: 5433 }],
    ['postgres:///refill?host=/var/run/postgresql&user=u', { host: '/var/run/postgresql', user: 'u' }],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/refill', { host: '/var/run/postgresql' }],
    ['postgres://u@db/Refill-Prod', { database: 'Refill-Prod', ssl: false }],
    ['postgres://u@db/refill?options=-c%20geqo%3Doff', { options: '-c geqo=off' }],
    ['postgres://u@db/refill?sslmode=require', { ssl: {} }],
    ['postgres://u@db/refill?sslmode=no-verify', { ssl: { rejectUnauthorized: false } }],
    ['postgres://u@db/refill?sslmode=require&uselibpqcompat=true', { ssl: { rejectUnauthorized: false } }],
    ['postgres://u@db/refill?sslmode=disable', { ssl: false }],
    ['postgres://u@db/refill?sslmode=require&channel_binding=require', { enableChannelBinding: true }],
  ])('%s', (url, connection) => {
    expect(readAddress(url).connection).toMatchObject(connection);
  });

  it('its name holds no password, and another database keeps the rest', () => {
    expect(readAddress('postgres://u:secret@db:6543/refill').name).toBe('the database refill at db:6543');
    expect(withDatabaseName('postgres://u:p%23@db/refill?sslmode=require', 'a b')).toBe(
      'postgres://u:p%23@db/a%20b?sslmode=require',
    );
  });
});

describe('an address that cannot work is refused in one sentence that says what to change', () => {
  it.each([
    ['mysql://u@db/refill', /begin with postgres:/],
    ['postgres://u:12#34@db/refill', /write # as %23/],
    ['postgres://u:12/34@db/refill', /\/ as %2F/],
    ['postgres://u:12?34@db/refill', /\? as %3F/],
    ['postgres://u:p#q@db/refill', /write # as %23/],
    ['postgres://u@a,b/refill', /several hosts/],
    ['postgres://u:p@a:5432,b:5432/refill', /several hosts/],
    ['postgres://u@db/refill?host=a,b', /several hosts/],
    ['postgres://u@db/refill?schema=refill', /leave \?schema= out/],
    ['postgres://u@db/refill?schema=refill&connection_limit=5', /leave \?schema= out/],
    ['postgres://u@db/refill?schema=Public', /leave \?schema= out/],
    ['postgres://u@db/refill?schema=public,app', /leave \?schema= out/],
    ['postgres://u@db/refill?sslmode=require&schema=app', /leave \?schema= out/],
    ['postgres://u@db/refill?currentSchema=app', /does not know, currentschema/i],
    ['postgres://u@db/refill?search_path=app', /does not know, search_path/],
    ['postgres://u@db/refill?Schema=app', /schema/i],
    ['postgres://u@db/refill?namespace=app', /does not know, namespace/],
    ['postgres://u@db/refill?max=3', /does not know, max/],
    ['postgres://u@db/refill?sslmode=prefer', /choose disable, require/],
    ['postgres://u@db/refill?sslmode=require&sslrootcert=/nowhere.pem', /sslrootcert.*ENOENT.*nowhere/],
  ])('%s', (url, sentence) => {
    expect(() => readAddress(url)).toThrow(
      expect.objectContaining({ code: 'database-address', message: expect.stringMatching(sentence) }),
    );
    expect(() => readAddress(url)).not.toThrow(/\n|p#q|12.34/);
  });
});

describe('a connection that fails is explained, and waited for only where that can help', () => {
  const address = readAddress('postgres://u:p@db/refill');
  const failed = (code: string, message = 'the message'): Error =>
    Object.assign(new Error(message), { code });
  it.each([
    [failed('ECONNREFUSED'), 'until-up', /start PostgreSQL there/],
    [failed('57P03', 'the database system is starting up'), 'until-up', /starting up/],
    [failed('53300', 'too many clients'), 'until-up', /too many clients/],
    [failed('ENOTFOUND'), 'a-minute', /host name db does not exist/],
    [new Error('timeout expired'), 'a-minute', /firewall/],
    [new Error('Connection terminated unexpectedly'), 'a-minute', /terminated/],
    [failed('28P01'), 'none', /password of u/],
    [failed('3D000'), 'none', /CREATE DATABASE "refill"/],
    [failed('28000', 'no pg_hba.conf entry for host, no encryption'), 'none', /sslmode=require/],
    [failed('SELF_SIGNED_CERT_IN_CHAIN'), 'none', /sslrootcert/],
    [failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'none', /another host name/],
    [failed('CERT_HAS_EXPIRED'), 'none', /renew/],
    [new Error('The server does not support SSL connections'), 'none', /remove sslmode/],
    [failed('08P01', 'unsupported startup parameter: options'), 'none', /remove \?options=/],
    [failed('42601', 'invalid command-line argument: endpoint=x'), 'none', /correct \?options=/],
  ])('%s', (error, patience, sentence) => {
    const failure = explainFailure(error, address);
    expect(failure.patience).toBe(patience);
    expect(failure.error.message).toMatch(sentence);
    expect(failure.error.message).toMatch(/^[^\n]*\.$/);
    expect(failure.error.code).toBe(patience === 'none' ? 'database-refused' : 'database-unavailable');
  });
});

describe('a session that is not what it must be is named', () => {
  const sound: SessionFacts = {
    version: 150_018,
    versionText: '15.18',
    encoding: 'UTF8',
    timeZone: 'UTC',
    schema: 'public',
    isStandby: false,
    isReadOnly: false,
  };
  it.each([
    [{ version: 140_011, versionText: '14.11' }, /PostgreSQL 14.11: use version 15/],
    [{ timeZone: 'America/New_York' }, /America\/New_York/],
    [{ schema: null }, /no schema public/],
    [{ isStandby: true, isReadOnly: true }, /primary/],
    [{ isReadOnly: true }, /default_transaction_read_only/],
  ])('%o', (different, sentence) => {
    expect(judgeFacts(sound, true)).toBeUndefined();
    expect(judgeFacts({ ...sound, ...different }, true)).toMatch(sentence);
  });

  it.each([
    ...['SQL_ASCII', 'LATIN1', 'LATIN9', 'WIN1252', 'WIN1251', 'KOI8R', 'EUC_JP', 'EUC_KR', 'MULE_INTERNAL'],
  ])('the encoding %s is none that holds every name', (encoding) => {
    expect(judgeFacts({ ...sound, encoding }, true)).toMatch(new RegExp(`${encoding}.*ENCODING 'UTF8'`));
  });

  it('what only reads may read a standby', () => {
    expect(judgeFacts({ ...sound, isStandby: true, isReadOnly: true }, false)).toBeUndefined();
  });
});
