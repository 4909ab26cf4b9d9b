/** files.*: the three steps of an upload. */
import { isObject, type Json } from '../blocks/index.ts';
import { postMessage } from '../change-messages.ts';
import { jsonValue, readBlocks, readText } from '../read-content.ts';
import { invalidArguments, SlackError } from '../slack-error.ts';
import { newId } from '../store/ids.ts';
import type { Workspace } from '../workspace.ts';
import { type Call, conversationArg, forBot, type Method, requiredArg, textArg } from './method.ts';

interface FileRow {
  id: string;
  name: string;
  size: number;
  title: string;
  has_content: boolean;
}

const MAX_FILE_BYTES = 64 * 1024 * 1024;

async function getUploadUrl({ workspace, args }: Call): Promise<Json> {
  const name = requiredArg(args, 'filename');
  const length = Number(requiredArg(args, 'length'));
  if (!Number.isInteger(length) || length < 1)
    throw invalidArguments('must be greater than 0 [json-pointer:/length]');
  if (length > MAX_FILE_BYTES) throw new SlackError('file_upload_size_restricted');
  const id = newId('F');
  await workspace.database.query('INSERT INTO slack_file (id, name, size, title) VALUES ($1, $2, $3, $2)', [
    id,
    name,
    length,
  ]);
  return { upload_url: `${workspace.addresses.api}/upload/v1/${id}`, file_id: id };
}

/** Takes the bytes of an upload. @returns whether they were as many as promised, for a file not yet completed */
export async function storeUpload(workspace: Workspace, id: string, content: Buffer): Promise<boolean> {
  const rows = await workspace.database.query(
    'UPDATE slack_file SET content = $2 WHERE id = $1 AND size = $3 AND NOT completed RETURNING id',
    [id, content, content.length],
  );
  return rows.length > 0;
}

/** The files argument: a list of ids with titles. */
function filesArg(args: Json): { id: string; title?: string }[] {
  const files = jsonValue(args.files);
  if (!Array.isArray(files) || files.length === 0) throw invalidArguments('missing required field: files');
  return files.map((file: unknown) => {
    if (!isObject(file) || typeof file.id !== 'string') throw invalidArguments('missing required field: id');
    return { id: file.id, ...(typeof file.title === 'string' ? { title: file.title } : {}) };
  });
}

async function completeOne(
  workspace: Workspace,
  file: { id: string; title?: string },
  conversationId: string | null,
): Promise<FileRow> {
  const [found] = await workspace.database.query<FileRow>(
    'SELECT id, name, size, title, content IS NOT NULL AS has_content FROM slack_file WHERE id = $1',
    [file.id],
  );
  if (found === undefined || !found.has_content) throw new SlackError('file_not_found');
  const title = file.title ?? found.name;
  const taken = await workspace.database.query(
    'UPDATE slack_file SET completed = true, title = $2, conversation_id = $3 WHERE id = $1 AND NOT completed RETURNING id',
    [file.id, title, conversationId],
  );
  if (taken.length === 0) throw new SlackError('file_already_completed');
  return { ...found, title };
}

async function complete(call: Call): Promise<Json> {
  const { workspace, args } = call;
  const given = filesArg(args);
  const channel = textArg(args, 'channel_id');
  const conversation =
    channel === undefined ? undefined : await conversationArg({ ...call, args: { channel } });
  if (conversation !== undefined && !conversation.memberIds.includes(workspace.seed.app.botUserId)) {
    throw new SlackError('not_in_channel');
  }
  const text = readText(args.initial_comment);
  const blocks = readBlocks(args.blocks) ?? [];
  const threadTs = textArg(args, 'thread_ts');
  const files: FileRow[] = [];
  for (const file of given) files.push(await completeOne(workspace, file, conversation?.id ?? null));
  if (conversation !== undefined) {
    await postMessage(workspace, {
      conversationId: conversation.id,
      userId: workspace.seed.app.botUserId,
      text,
      blocks,
      files: files.map(({ id, name, size }) => ({ id, name, size, url: `/workspace/files/${id}` })),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
  }
  return { files: files.map(({ id, title, name, size }) => ({ id, title, name, size })) };
}

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': forBot(['files:write'], getUploadUrl),
  'files.completeUploadExternal': forBot(['files:write'], complete),
};
