import { checkBackup, restoreBackup, writeBackup } from '../../db/index.ts';
import { argument, defineCommand, flag, text } from '../frame/index.ts';

export const backupCommand = defineCommand({
  name: 'backup',
  summary: 'write the whole database to one file, while Refill runs; the secret key is not in it',
  params: {
    file: argument('<file>', 'a new file; only you may read it', text),
    force: flag('--force', 'take the place of a file that is there'),
  },
  needs: 'address',
  async run({ databaseUrl, log, progress: begin }, { file, force }) {
    const progress = begin('rows');
    const onProgress = (rows: number, about: number) => progress.show(rows, Math.max(rows, about));
    const backup = await writeBackup({ url: databaseUrl, log }, file, { replace: force, onProgress });
    progress.end();
    const { at, tables, rows, bytes } = backup;
    return {
      lines: [
        `Wrote ${file}: everything as of ${at.toISOString()}, ${figure(tables)} tables, ${figure(rows)} rows, ${figure(bytes)} bytes.`,
        'Keep REFILL_SECRET_KEY apart from it: without that key its secrets cannot be read.',
      ],
      value: { file, ...backup },
    };
  },
});

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'restore a file of refill backup into an empty database, which is created where there is none',
  params: { file: argument('<file>', 'what refill backup wrote', text) },
  needs: 'address',
  // A file that is not whole leaves no empty database behind, which a later start would take for the company's.
  beforeCreating: ({ file }) => checkBackup(file),
  async run({ databaseUrl, log, progress: begin }, { file }) {
    const progress = begin('rows');
    const restored = await restoreBackup({ url: databaseUrl, log }, file, (rows, about) =>
      progress.show(rows, Math.max(rows, about)),
    );
    progress.end();
    const { at, tables, rows } = restored;
    return {
      lines: [
        `Restored ${file}: everything as of ${at.toISOString()}, ${figure(tables)} tables, ${figure(rows)} rows.`,
        'Before the app starts: refill verify, then refill reconcile for what the card processor did since.',
      ],
      value: { file, ...restored },
    };
  },
});

const figure = (count: number): string => count.toLocaleString('en-US');
