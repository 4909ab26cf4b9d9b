import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SECRET_FILE_NAMES } from '../../src/config/secret-files.ts';
import { SETTING_NAMES } from '../../src/config.ts';
import { lastOf, readDockerfile, wordsOf } from '../support/dockerfile.ts';

const KNOWN = new Set([...SETTING_NAMES, ...SECRET_FILE_NAMES]);
const DEFAULT_PORT = '3000';

const composeFile = z.object({
  services: z.strictObject({
    app: z.looseObject({
      build: z.literal('.'),
      user: z.string(),
      environment: z.record(z.string(), z.coerce.string()),
      secrets: z.array(z.string()),
      ports: z.array(z.string()),
      env_file: z.literal('.env'),
      depends_on: z.object({ database: z.object({ condition: z.literal('service_healthy') }) }),
    }),
    database: z.looseObject({
      image: z.string(),
      environment: z.record(z.string(), z.string()),
      secrets: z.array(z.string()),
      volumes: z.array(z.string()),
      healthcheck: z.looseObject({ test: z.array(z.string()) }),
    }),
  }),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  volumes: z.record(z.string(), z.null()),
});

const compose = composeFile.parse(
  z.looseObject({ name: z.string() }).parse(parse(readFileSync('compose.yaml', 'utf8'))),
);
const [, image = []] = readDockerfile('Dockerfile');

describe('the image', () => {
  it('runs as a user without rights, on the port that the app listens on, and is asked for its health', () => {
    expect(lastOf(image, 'USER')).toBe('node');
    expect(lastOf(image, 'EXPOSE')).toBe(DEFAULT_PORT);
    const check = wordsOf(/CMD (\[.*\])$/.exec(lastOf(image, 'HEALTHCHECK') ?? '')?.[1]);
    for (const command of [check, wordsOf(lastOf(image, 'CMD'))]) {
      expect(command[0]).toBe('node');
      const program = command.at(-1)?.replace('dist/', 'src/').replace(/js$/, 'ts') ?? '';
      expect(existsSync(program), program).toBe(true);
    }
  });

  it('is of a Node that the package supports', () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const oldest = Number(/\d+/.exec(engines.node)?.[0]);
    for (const [{ value } = { value: '' }] of readDockerfile('Dockerfile'))
      expect(Number(/^node:(\d+)-/.exec(value)?.[1])).toBeGreaterThanOrEqual(oldest);
  });

  it('is built without the folder’s secrets and data', () => {
    const taken = readFileSync('.dockerignore', 'utf8').match(/^!.*$/gm) ?? [];
    expect(taken.filter((name) => /env|secret|data|test|git/.test(name))).toEqual([]);
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*$/m);
  });
});

describe('compose.yaml', () => {
  const { app, database } = compose.services;

  it('publishes the image’s port to this machine alone, and runs it as the image’s user', () => {
    expect(app.ports).toEqual([`127.0.0.1:3000:${lastOf(image, 'EXPOSE')}`]);
    expect(app.environment.PORT).toBe(lastOf(image, 'EXPOSE'));
    expect(app.user).toBe(lastOf(image, 'USER'));
  });

  it('sets only what the app reads, and hands each secret over as a file that it mounts', () => {
    expect(Object.keys(app.environment).filter((name) => !KNOWN.has(name))).toEqual([]);
    const mounted = new Set(app.secrets.map((name) => `/run/secrets/${name}`));
    for (const [name, value] of Object.entries(app.environment))
      if (name.endsWith('_FILE')) expect(mounted).toContain(value);
    expect(Object.keys(compose.secrets).toSorted()).toEqual([...app.secrets, ...database.secrets].toSorted());
  });

  it('has a PostgreSQL that Refill supports, in UTF8, on a volume that is kept', () => {
    expect(Number(/^postgres:(\d+)/.exec(database.image)?.[1])).toBeGreaterThanOrEqual(15);
    expect(database.environment.POSTGRES_INITDB_ARGS).toMatch(/--encoding=UTF8/);
    const [volume = ''] = database.volumes;
    expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    expect(database.healthcheck.test).toContain('pg_isready');
  });
});

describe('refill.service', () => {
  const unit = readFileSync('docs/operate/refill.service', 'utf8');

  it('sets only what the app reads, each secret from a credential that it loads', () => {
    const loaded = new Set([...unit.matchAll(/^LoadCredential=([\w-]+):/gm)].map(([, name]) => name));
    const set = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].filter(([, name]) => name !== 'NODE_ENV');
    for (const [, name = '', value = ''] of set) {
      expect(KNOWN, name).toContain(name);
      expect(loaded).toContain(/^%d\/(.*)$/.exec(value)?.[1]);
    }
    expect(loaded.size).toBe(set.length);
  });

  it('starts what the image starts', () => {
    const command = /^ExecStart=\/usr\/bin\/(.*)$/m.exec(unit)?.[1];
    expect(command?.split(' ')).toEqual(wordsOf(lastOf(image, 'CMD')));
  });
});
