import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { nameFile } from '../../src/file-errors.ts';
import { openHiddenFile } from '../../src/usage/export/hidden-file.ts';

const write = (file: string) => nameFile(file, 'written', () => writeFile(file, 'x'));
const refused = (message: string) => ({ code: 'bad-file', message });

it('what the file system refuses is one sentence with the path', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-files-'));
  const missing = path.join(folder, 'no', 'file');
  const file = path.join(folder, 'file');
  await write(file);
  const below = path.join(file, 'below');
  await expect(write(missing)).rejects.toMatchObject(
    refused(`${missing} cannot be written: there is no such file or folder.`),
  );
  await expect(write(folder)).rejects.toMatchObject(refused(`${folder} cannot be written: it is a folder.`));
  await expect(write(below)).rejects.toMatchObject(
    refused(`${below} cannot be written: a part of the path is not a folder.`),
  );
  await expect(nameFile(missing, 'read', () => readFile(missing))).rejects.toMatchObject(
    refused(`${missing} cannot be read: there is no such file or folder.`),
  );
  await expect(openHiddenFile(missing)).rejects.toMatchObject({
    message: `${missing} cannot be written: there is no such file or folder.`,
  });
  await rm(folder, { recursive: true });
});

it.skipIf(process.platform !== 'linux')('so is a disk that is full', async () => {
  await expect(write('/dev/full')).rejects.toMatchObject(
    refused('/dev/full cannot be written: the disk is full.'),
  );
});

it.skipIf(process.getuid?.() === 0)('so is a folder of another user', async () => {
  await expect(write('/root/refill')).rejects.toMatchObject(
    refused('/root/refill cannot be written: permission denied.'),
  );
});

it('what is no refusal of the file system is passed on', async () => {
  const own = new Error('of another kind');
  await expect(nameFile('file', 'read', () => Promise.reject(own))).rejects.toBe(own);
});
