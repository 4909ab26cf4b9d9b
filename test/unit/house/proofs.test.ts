import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { proofs } from '../../proofs/proofs.ts';

it('every folder of proofs has its row in the table', () => {
  const folder = path.join(import.meta.dirname, '../../proofs');
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(proofs).toSorted());
});
