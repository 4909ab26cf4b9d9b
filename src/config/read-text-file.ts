import { readFileSync } from 'node:fs';

/** A file's text without a byte order mark, or why there is none; `isMissing`: there is no such file. */
export function readTextFile(path: string): { text: string } | { fault: string; isMissing: boolean } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { fault: `cannot be read (${code ?? message})`, isMissing: code === 'ENOENT' };
  }
  if (bytes.includes(0))
    return { fault: 'is not saved as UTF-8 (UTF-16, perhaps): save it as UTF-8', isMissing: false };
  return { text: bytes.toString('utf8').replace(/^\ufeff/, '') };
}
