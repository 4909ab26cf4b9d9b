import { RefillError } from './errors.ts';

/** What a file system refuses, by its code, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the system does not allow it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EROFS: 'the disk is read-only',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk failed',
};

/** Why the file system refused, in words; null for any other error. */
export function describeFileError(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? (REASONS[code] ?? null) : null;
}

/**
 * Runs work on a file; what the file system refuses becomes one sentence with its path, like "/backups/refill.gz cannot be written:
 * the disk is full." Throws RefillError `bad-file` then, and passes any other error on.
 */
export async function nameFile<T>(
  file: string,
  verb: 'read' | 'written',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = describeFileError(error);
    if (reason === null) throw error;
    throw new RefillError('bad-file', `${file} cannot be ${verb}: ${reason}.`);
  }
}
