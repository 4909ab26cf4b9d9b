#!/usr/bin/env node
// What `npx refill` runs: the sources need tsx, wherever they are called from.
import { register } from 'tsx/esm/api';

register();
await import('./index.ts');
