/** What `npm test` runs: everything but the long tests. */
export { whole as default } from '../vitest.config.ts';
