import { spawnSync } from 'node:child_process';

/** Whether poppler's tools are there, which read a PDF as another program does. `REQUIRE_PDF` fails where they are not. */
export const hasPdfTools: boolean = (() => {
  const isThere = spawnSync('pdftotext', ['-v']).error === undefined;
  if (!isThere && process.env.REQUIRE_PDF !== undefined) throw new Error('pdftotext is not installed');
  if (!isThere) console.warn('Skipped: reading PDFs needs pdftotext (apt-get install poppler-utils).');
  return isThere;
})();

/** The text of a PDF as it stands on its pages. */
export function readPdfText(content: Buffer): string {
  const { status, stdout, stderr } = spawnSync('pdftotext', ['-layout', '-', '-'], { input: content });
  if (status !== 0) throw new Error(`no PDF: ${stderr.toString()}`);
  return stdout.toString();
}

/** The fonts of a PDF, and whether each is embedded. */
export function readPdfFonts(content: Buffer): { name: string; isEmbedded: boolean }[] {
  const { stdout } = spawnSync('pdffonts', ['-'], { input: content });
  return stdout
    .toString()
    .split('\n')
    .slice(2)
    .filter((line) => line.trim() !== '')
    .map((line) => ({
      name: line.split(/\s+/)[0] ?? '',
      isEmbedded: /\s+yes\s+(?:yes|no)\s+(?:yes|no)\s/.test(line),
    }));
}
