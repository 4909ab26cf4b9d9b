/** Downloads of files that the app has uploaded. */
import type { ServerResponse } from 'node:http';
import type { Workspace } from '../workspace.ts';
import { answerText, SECURITY_HEADERS } from './serve-page.ts';

/** Sends a completed file as a download. */
export async function sendFile(workspace: Workspace, id: string, response: ServerResponse): Promise<void> {
  const [file] = await workspace.database.query<{ name: string; content: Buffer }>(
    'SELECT name, content FROM slack_file WHERE id = $1 AND completed',
    [id],
  );
  if (file === undefined) return answerText(response, 404, 'There is no such file.');
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'content-length': file.content.length,
  });
  response.end(file.content);
}
