/** The workspace's page as it is now, built once a test file. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the page into dist/page. @returns its folder */
export async function builtPage(): Promise<string> {
  await build({ configFile: here('../../src/sandbox/slack/page/vite.config.ts'), logLevel: 'error' });
  return here('../../dist/page');
}
