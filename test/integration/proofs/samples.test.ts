import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { playUntilProven } from '../../proofs/play-all.ts';
import { openProofServer } from '../../proofs/proof-server.ts';
import { proofs } from '../../proofs/proofs.ts';

const FOLDER = path.join(import.meta.dirname, '../../proofs');

describe('each proof holds in its smallest form', () => {
  it.each(Object.entries(proofs))(
    '%s',
    async (name, proof) => {
      const server = openProofServer({
        serverUrl: inject('testServerUrl'),
        templateDatabase: inject('templateDatabase'),
      });
      const asked = { server, onProgress: () => undefined };
      const { verdict, details } = await playUntilProven({ name, proof, ...proof.sample }, asked);
      expect({ verdict, details }).toEqual({ verdict: 'holds', details: [] });
    },
    120_000,
  );
});

it('every folder of proofs has its row in the table', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(proofs).toSorted());
});
