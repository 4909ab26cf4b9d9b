#!/usr/bin/env node
// A stand-in for Prisma's native schema engine, for development: the engine's WebAssembly build, which is on the npm
// registry, behind the command line and the JSON-RPC that the Prisma CLI expects of the native program.
//
//   PRISMA_SCHEMA_ENGINE_BINARY=prisma/dev-schema-engine.mjs DATABASE_URL=… npx prisma migrate diff|status|deploy|dev
//
// The app itself never needs it: it migrates with src/db/migrate.ts.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as wasm from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const require = createRequire(import.meta.url);

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', short: 'd', multiple: true },
    version: { type: 'boolean' },
  },
});

if (flags.version) {
  console.log('schema-engine-cli wasm');
} else {
  const url = flags.datasource ? JSON.parse(flags.datasource).url : undefined;
  if (positionals.includes('can-connect-to-database')) await checkConnection(url);
  else await serve(url, flags.datamodels ?? []);
}
process.exit();

/** `schema-engine cli can-connect-to-database`: exit code 0, or the engine's way of saying that it cannot be reached. */
async function checkConnection(url) {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    const fields = { message: error.message, error_code: 'P1001', is_panic: false };
    console.error(JSON.stringify({ level: 'ERROR', fields }));
    process.exitCode = 1;
  }
}

/** Answers JSON-RPC requests, one a line, until standard input ends. */
async function serve(url, datamodelPaths) {
  const engine = await createEngine(url, datamodelPaths);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = line.trim() === '' ? undefined : JSON.parse(line);
    if (request?.method === undefined) continue; // the CLI's answer to a `print` of ours
    try {
      await answer(engine, request);
    } catch (error) {
      send({ id: request.id, error: describeError(error) });
    }
  }
}

async function answer(engine, { id, method, params }) {
  const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params);
  if (method !== 'diff') return send({ id, result: result ?? null });
  // The native engine prints a diff through a request of its own and answers with the exit code alone.
  if (result?.stdout) send({ id: 900_000 + id, method: 'print', params: { content: result.stdout } });
  send({ id, result: { exitCode: result.exitCode, stdout: null } });
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function describeError(error) {
  const message = error.message ?? String(error);
  const details = { error_code: error.code ?? null, meta: error.meta ?? null, backtrace: null };
  return { code: 4466, message, data: { is_panic: false, message, ...details } };
}

async function createEngine(url, datamodelPaths) {
  await loadWasm();
  readCharColumns();
  const datamodels = datamodelPaths.map((path) => [path, readFileSync(path, 'utf8')]);
  const adapters = bindMigrationAwareSqlAdapterFactory(adapterFactory(url ?? 'postgres://127.0.0.1/none'));
  const options = { datamodels: datamodels.length > 0 ? datamodels : undefined };
  return wasm.SchemaEngine.new(options, () => {}, adapters);
}

async function loadWasm() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    message: '',
    set_message(message) {
      this.message = message;
      process.stderr.write(`schema engine panic: ${message}\n`);
    },
  };
  const glue = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = readFileSync(glue.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(module, { './schema_engine_bg.js': wasm });
  wasm.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The catalog has columns of the one-byte type "char" (OID 18, arrays 1002), which the adapter does not know. */
function readCharColumns() {
  const Result = require('pg/lib/result');
  const addFields = Result.prototype.addFields;
  Result.prototype.addFields = function addKnownFields(fields) {
    for (const field of fields) {
      field.isChar = field.dataTypeID === 18;
      if (field.dataTypeID === 18) field.dataTypeID = 1042;
      if (field.dataTypeID === 1002) field.dataTypeID = 1014;
    }
    return addFields.call(this, fields);
  };
}

function adapterFactory(connectionUrl) {
  const { hostname, port, username, password, pathname } = new URL(connectionUrl);
  // Separate fields, as a connection string would win over the shadow database's name.
  const server = {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  const open = async (database) => forMigrations(await new PrismaPg({ ...server, database }).connect());
  const main = pathname.slice(1);
  const factory = new PrismaPg({ ...server, database: main });
  factory.connect = () => open(main);
  factory.connectToShadowDb = async () => {
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    const admin = await open(main);
    await admin.executeScript(`CREATE DATABASE "${database}"`);
    const shadow = await open(database);
    const disconnect = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await disconnect();
      await admin.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await admin.dispose();
    };
    return shadow;
  };
  return factory;
}

/** Reports "char" columns as characters, and runs a script whole instead of cutting it at every semicolon. */
function forMigrations(adapter) {
  const { client } = adapter;
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let lastFields = [];
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    lastFields = result.fields ?? [];
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    lastFields.forEach((field, index) => {
      if (field.isChar) result.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return result;
  };
  adapter.executeScript = async (script) => {
    await client.query(script).catch((error) => adapter.onError(error));
  };
  return adapter;
}
