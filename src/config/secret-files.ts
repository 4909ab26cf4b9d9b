import { readTextFile } from './read-text-file.ts';

/** Settings that may stand in a file instead, as containers and systemd hand secrets over: NAME_FILE has its path. */
const SECRET_NAMES = [
  'DATABASE_URL',
  'REFILL_SECRET_KEY',
  'REFILL_SECRET_KEY_OLD',
  'REFILL_METRICS_TOKEN',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_APP_TOKEN',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
] as const;

/** The variables that name such files. */
export const SECRET_FILE_NAMES: readonly string[] = SECRET_NAMES.map(fileNameOf);

/** Reads the secrets whose files an environment names. Faults are sentences without any of the content. */
export function readSecretFiles(env: Record<string, string | undefined>): {
  values: Record<string, string>;
  faults: string[];
} {
  const values: Record<string, string> = {};
  const faults: string[] = [];
  for (const name of SECRET_NAMES) {
    const path = env[fileNameOf(name)]?.trim();
    if (path === undefined || path === '') continue;
    if ((env[name] ?? '').trim() !== '') faults.push(`${name} and ${name}_FILE are both set: keep one`);
    else {
      const read = readSecret(path);
      if ('fault' in read) faults.push(`${name}_FILE: ${path} ${read.fault}`);
      else values[name] = read.value;
    }
  }
  return { values, faults };
}

function fileNameOf(name: string): string {
  return `${name}_FILE`;
}

function readSecret(path: string): { value: string } | { fault: string } {
  const read = readTextFile(path);
  if ('fault' in read) return read;
  const value = read.text.trim();
  return value === '' ? { fault: 'is empty' } : { value };
}
