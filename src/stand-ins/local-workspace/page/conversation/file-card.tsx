import type { Message } from '../../protocol.ts';
import { DownloadIcon, FileIcon } from '../app/icons.tsx';

function sayBytes(size: number): string {
  if (size < 1000) return `${size} bytes`;
  const [unit, by] = size < 1_000_000 ? ['kB', 1000] : ['MB', 1_000_000];
  return `${(Number(size) / Number(by)).toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`;
}

/** A file to download. */
export function FileCard({ file }: { file: Message['files'][number] }) {
  const kind = /\.(\w{1,5})$/.exec(file.name)?.[1]?.toUpperCase() ?? 'File';
  return (
    <a class="file" href={file.url} download={file.name}>
      <span class="file-icon">
        <FileIcon />
      </span>
      <span class="visually-hidden">Download </span>
      <span class="file-words">
        <span class="file-name">{file.name}</span>
        <span class="file-more">
          {kind} · {sayBytes(file.size)}
        </span>
      </span>
      <DownloadIcon />
    </a>
  );
}
