/**
 * A set-up file of the tests: writes which of our functions each test file executes, as one JSON file into the folder of
 * `RECORD_FUNCTIONS_TO`. Workers that share modules between files are asked anew for each file.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { afterAll, expect } from 'vitest';

const folder = process.env.RECORD_FUNCTIONS_TO;
if (folder === undefined) throw new Error('RECORD_FUNCTIONS_TO is not set');
const shared = globalThis as { recordedSession?: Promise<Session> };
shared.recordedSession ??= begin();
const session = await shared.recordedSession;
// What the file before this one left running is not this one's.
await session.post('Profiler.takePreciseCoverage');

afterAll(async () => {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const root = `${process.cwd()}/src/`;
  const functions = result.flatMap(({ url, functions: ran }) => {
    const file = url.replace(/^file:\/\//, '').replace(/\?.*$/, '');
    if (!file.startsWith(root)) return [];
    const names = ran.flatMap(({ functionName, ranges }) =>
      (ranges[0]?.count ?? 0) > 0 ? [functionName] : [],
    );
    return names.length === 0 ? [] : [[path.relative(process.cwd(), file), [...new Set(names)]]];
  });
  const test = path.relative(process.cwd(), expect.getState().testPath ?? '');
  const name = `${createHash('sha256').update(test).digest('hex').slice(0, 16)}.json`;
  writeFileSync(path.join(folder, name), JSON.stringify({ test, functions }));
});

async function begin(): Promise<Session> {
  const opened = new Session();
  opened.connect();
  await opened.post('Profiler.enable');
  await opened.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return opened;
}
