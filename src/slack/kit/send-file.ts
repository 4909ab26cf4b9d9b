import type { WebClient } from '@slack/web-api';
import type { Who } from './context.ts';
import { shareFiles, UploadRefusedError, uploadFile } from './file-upload.ts';

/**
 * Sends a file to a person, under a line that says what it is, in their direct messages with the app. Throws what Slack
 * refuses it with.
 */
export async function sendFileTo(
  client: WebClient,
  { userId }: Who,
  file: { name: string; content: Buffer },
  text: string,
): Promise<void> {
  const { name, content } = file;
  const fileId = await uploadFile(client, { name, bytes: content.length, content });
  // The address of the conversation is known once something was said in it.
  const { channel } = await client.chat.postMessage({ channel: userId, text });
  if (channel === undefined) throw new UploadRefusedError('Slack named no conversation');
  await shareFiles(client, [fileId], { channelId: channel });
}
