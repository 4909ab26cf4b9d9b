import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { RefillError } from '../../../src/errors.ts';
import { addEndpoint } from '../../../src/notices/index.ts';
import {
  checkSecretKey,
  connectPhoneSystem,
  createSecretBox,
  findWorkspace,
  readNumberKey,
  rotateSecrets,
  saveWorkspace,
  stampInstance,
} from '../../../src/org/index.ts';
import { readSealedRows } from '../../../src/org/secrets/sealed-columns.ts';
import { createWebhook } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase } from '../../support/database.ts';

const BOT_TOKEN = 'xoxb-the-token-that-was-the-default-key';
const NEW_KEY = 'a new key that nobody knows yet';
const TEAM = 'T0SECRET01';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  ({ companyId } = await testCompany(db));
  await stampInstance(db, 'live', systemClock.now());
});
afterAll(() => database?.close());

const deps = (secrets = createSecretBox(BOT_TOKEN)) => ({ db: database.db, clock: systemClock, secrets });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof RefillError ? error.code : String(error)),
  );

/** A card check under way, as claiming a card seals it. */
async function startCardCheck(): Promise<void> {
  const { db } = database;
  const at = systemClock.now();
  const added = {
    companyId,
    processorId: 'pm_1',
    ...{ brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034, fingerprint: 'f', isDefault: false },
    ...{ addedBy: 'T/U', addedAt: at, claimedAt: at },
  };
  const { id: cardId } = await db.card.create({ data: added });
  await db.cardCheck.create({
    data: {
      ...{ companyId, token: 'check-1', cardId, fingerprint: 'f', amountMicros: 1_370_000n },
      ...{ state: 'charging', teamId: 'T', userId: 'U', createdAt: at },
      statementEncrypted: deps().secrets.seal('CHECK7Q2A', 'card_check.statement_encrypted check-1'),
    },
  });
}

describe('a sealed secret', () => {
  it('opens under its key, in its place, and nowhere else', () => {
    const box = createSecretBox(NEW_KEY);
    const sealed = box.seal('secret', 'webhook a');
    expect(sealed).not.toContain('secret');
    expect(box.open(sealed, 'webhook a')).toBe('secret');
    expect(createSecretBox('another key, as long', [NEW_KEY]).open(sealed, 'webhook a')).toBe('secret');
    expect(() => box.open(sealed, 'webhook b')).toThrow();
    expect(() => box.open(`${sealed.slice(0, -2)}AA`, 'webhook a')).toThrow();
    expect(() => createSecretBox('another key, as long').open(sealed, 'webhook a')).toThrow();
  });
});

describe('the key of the secrets', () => {
  it('stays what it was for what was sealed before keys had names: the bot token, where none was set', async () => {
    // As the first version sealed it under the key BOT_TOKEN.
    const sealed = sealAsFirstVersion('xoxb-now', BOT_TOKEN);
    await database.db.workspace.updateMany({ where: { companyId }, data: { botTokenEncrypted: sealed } });
    const { teamId } = await database.db.workspace.findFirstOrThrow({ where: { companyId } });
    expect((await findWorkspace(deps(), teamId))?.botToken()).toBe('xoxb-now');
    expect(await codeOf(checkSecretKey(database.db, createSecretBox(NEW_KEY)))).toBe('secret-key-wrong');
    expect(await checkSecretKey(database.db, createSecretBox(BOT_TOKEN))).toBe('current');
  });

  it('is checked at the start, and before anything is sealed: a wrong one is refused in a sentence', async () => {
    const { path } = await createWebhook(deps(), companyId);
    await readNumberKey(deps(), companyId);
    await addEndpoint(deps(), { companyId, url: 'https://phones.example.com/refill' });
    await startCardCheck();
    await connectPhoneSystem(deps(), {
      companyId,
      url: 'https://phones.example.com',
      key: 'key-of-the-phones',
    });
    const wrong = deps(createSecretBox(NEW_KEY));
    expect(await codeOf(checkSecretKey(database.db, wrong.secrets))).toBe('secret-key-wrong');
    expect(await codeOf(createWebhook(wrong, companyId))).toBe('secret-key-wrong');
    const url = 'https://elsewhere.example.com';
    expect(await codeOf(connectPhoneSystem(wrong, { companyId, url, key: 'key-of-another' }))).toBe(
      'secret-key-wrong',
    );
    expect(path).toMatch(/^\/webhooks/);
  });

  it('rotates: with the old one beside it everything opens, is sealed anew once, and then needs the new one only', async () => {
    const both = createSecretBox(NEW_KEY, [BOT_TOKEN]);
    expect(await checkSecretKey(database.db, both)).toBe('old');
    const before = await readSealedRows(database.db);
    expect(await rotateSecrets(deps(both))).toEqual({ resealed: before.length, current: 0 });
    expect(before.length).toBeGreaterThanOrEqual(3);
    const alone = createSecretBox(NEW_KEY);
    expect(await checkSecretKey(database.db, alone)).toBe('current');
    const { teamId } = await database.db.workspace.findFirstOrThrow({ where: { companyId } });
    expect((await findWorkspace(deps(alone), teamId))?.botToken()).toBe('xoxb-now');
    expect(await rotateSecrets(deps(alone))).toEqual({ resealed: 0, current: before.length });
    const audited = await database.db.audit.findMany({ where: { companyId, action: 'secrets-rotated' } });
    expect(audited).toMatchObject([{ details: { count: before.length } }]);
    expect(await codeOf(checkSecretKey(database.db, createSecretBox(BOT_TOKEN)))).toBe('secret-key-wrong');
  });

  it('has nothing to do with the bot token once it is set: a reinstalled app breaks nothing', async () => {
    const secrets = createSecretBox(NEW_KEY);
    const workspace = { teamId: TEAM, name: 'Acme', botUserId: 'U1', botId: 'B1', at: systemClock.now() };
    for (const botToken of ['xoxb-first', 'xoxb-second']) {
      await saveWorkspace(deps(secrets), { ...workspace, botToken });
      expect(await checkSecretKey(database.db, secrets)).toBe('current');
      expect((await findWorkspace(deps(secrets), TEAM))?.botToken()).toBe(botToken);
    }
  });

  it('changes nothing where one secret opens under no key, and names it', async () => {
    const { db } = database;
    const foreign = createSecretBox('a key of somebody else').seal('x', 'anywhere');
    const { token } = await db.usageWebhook.findFirstOrThrow({ where: { companyId } });
    await db.usageWebhook.update({ where: { token }, data: { secretEncrypted: foreign } });
    const before = await readSealedRows(db);
    const next = createSecretBox('the key after the next', [NEW_KEY]);
    await expect(rotateSecrets(deps(next))).rejects.toThrow(`usage_webhook.secret_encrypted ${token}`);
    expect(await readSealedRows(db)).toEqual(before);
  });

  it('covers every column of the database that holds a secret', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ place: string }>(
      `SELECT table_name || '.' || column_name AS place FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name ~ '_(encrypted|sealed)$' ORDER BY 1`,
    );
    await client.end();
    const covered = new Set(
      (await readSealedRows(database.db)).map(({ table, column }) => `${table}.${column}`),
    );
    expect([...covered].toSorted()).toEqual(rows.map(({ place }) => place));
  });
});

function sealAsFirstVersion(plain: string, secretKey: string): string {
  const key = Buffer.from(hkdfSync('sha256', secretKey, 'refill/secret-box', 'workspace tokens', 32));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}
