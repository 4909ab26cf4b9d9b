import { parseArgs } from 'node:util';
import { type Closing, closeAll, type Database, openDatabase } from '../database.ts';
import { type Figure, printFigures } from '../figures.ts';
import { api } from './api.ts';
import { exportFile } from './export.ts';
import type { Measure } from './measure.ts';
import { rate } from './rate.ts';
import { webhook } from './webhook.ts';

/** Every measure, in the order they run; `npm run bench:usage -- rate` runs only those named. */
const MEASURES: readonly Measure[] = [rate, api, webhook, exportFile];

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const closing: Closing = [];
let opened: Promise<Database> | undefined;
try {
  const figures: Figure[] = [];
  const chosen = MEASURES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  for (const measure of chosen) figures.push(...(await measure.run({ isQuick: values.quick, database })));
  printFigures(figures, values.json);
} finally {
  await closeAll(closing);
}

function database(): Promise<Database> {
  opened ??= openDatabase(closing);
  return opened;
}
