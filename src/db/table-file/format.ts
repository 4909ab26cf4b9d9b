/**
 * A file of tables is one gzip file: a line of JSON that says what it is of; each table as a line of JSON and then its rows as COPY
 * writes them, up to a line `\.`, which no row can be; and a line that ends it, with a checksum of everything before. It is read
 * in one go, so that a file that was cut off or changed is not taken.
 */
import { z } from 'zod';

export const END_OF_TABLE = '\\.\n';

export const tableLine = z.object({ table: z.string(), columns: z.array(z.string()) });

export function toLine(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
