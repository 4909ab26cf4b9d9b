/**
 * Loaded into the app with `node --import`: collects garbage and says what is left when its parent asks, and plants the mistake that
 * APP_BREAKAGE names (JSON: the end of a compiled file's name, text of it, and what takes its place).
 */
import { register } from 'node:module';

process.on('message', () => {
  globalThis.gc();
  globalThis.gc();
  process.send(process.memoryUsage());
});
process.channel?.unref();

if (process.env.APP_BREAKAGE !== undefined)
  register('./break-source.mjs', import.meta.url, { data: JSON.parse(process.env.APP_BREAKAGE) });
