/**
 * Runs before anything else of the app: an older Node would fail over a missing import, in words that help nobody. So
 * this file uses nothing that is younger than what it refuses.
 */
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const wanted = engines.node.replace(/[^\d.]/g, '');
const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
// An argument stands in for the version, for a test.
const version = process.argv[2] || process.versions.node;
const [major, minor] = version.split('.').map(Number);

if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `Refill needs Node ${wanted} or newer; this is ${version}. Install one from https://nodejs.org and start again.\n`,
  );
  process.exit(1);
}
