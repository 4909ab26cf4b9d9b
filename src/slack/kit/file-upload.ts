import type { Readable } from 'node:stream';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { request } from 'undici';
import { SECOND_MS } from '../../durations.ts';

/** A whole file may take its time; a connection that moves nothing for this long is dead. */
const STALLED_MS = 30 * SECOND_MS;

/** The address for a file did not take it. */
export class UploadRefusedError extends Error {
  override readonly name = 'UploadRefusedError';
  /** How long the other side asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Hands a file over by the external upload; no one sees it yet. Returns what it is called there. Throws what the client
 * throws, and UploadRefusedError.
 */
export async function uploadFile(
  client: WebClient,
  file: { name: string; bytes: number; content: Readable | Buffer },
): Promise<string> {
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: file.name,
    length: file.bytes,
  });
  if (url === undefined || id === undefined) throw new UploadRefusedError('Slack named no address');
  const { statusCode, headers, body } = await request(url, {
    method: 'POST',
    // What the address was given for is refused where it is another number of bytes.
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
    body: file.content,
    headersTimeout: STALLED_MS,
    bodyTimeout: STALLED_MS,
  });
  await body.dump();
  if (statusCode === 200) return id;
  const seconds = Number(headers['retry-after']);
  throw new UploadRefusedError(`HTTP ${statusCode} to the file`, seconds > 0 ? seconds * SECOND_MS : null);
}

/** Shows files that were handed over; once they are shown, again changes nothing. */
export async function shareFiles(
  client: WebClient,
  fileIds: readonly string[],
  where: { channelId: string; threadTs?: string; comment?: string },
): Promise<void> {
  const [first, ...rest] = fileIds.map((id) => ({ id }));
  if (first === undefined) throw new UploadRefusedError('there is no file to show');
  try {
    await client.files.completeUploadExternal({
      files: [first, ...rest],
      channel_id: where.channelId,
      ...(where.comment === undefined ? {} : { initial_comment: where.comment }),
      ...(where.threadTs === undefined ? {} : { thread_ts: where.threadTs }),
    });
  } catch (error) {
    // The answer to the time before was lost: the file is there.
    if (!(error instanceof WebAPIPlatformError && error.data.error === 'file_already_completed')) throw error;
  }
}
