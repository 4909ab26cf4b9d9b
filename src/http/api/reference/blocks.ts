import { escapeHtml } from '../../page.ts';

/** A part of a page, whatever it is written in. Texts have `code` and [links](#there), as Markdown has them. */
export type Block =
  | { heading: string; level: 1 | 2 | 3; id?: string }
  | { text: string }
  | { head: readonly string[]; rows: readonly (readonly string[])[] };

/** The page as Markdown. */
export function toMarkdown(blocks: readonly Block[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const parts = blocks.map((block) => {
    if ('heading' in block) return `${'#'.repeat(block.level)} ${block.heading}`;
    if ('text' in block) return block.text;
    return [row(block.head), row(block.head.map(() => '---')), ...block.rows.map(row)].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

const STYLE = `:root{color-scheme:light dark;--ink:#1d1c1d;--quiet:#565459;--line:#e3e0dc;--code:#f3f1ee}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--quiet:#b6b3b8;--line:#39373d;--code:#29272c}}
body{max-width:56rem;margin:2rem auto;padding:0 1.25rem;color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h2{margin-top:3rem}h3{margin-top:2rem;border-top:1px solid var(--line);padding-top:1rem}a{color:inherit}
code{background:var(--code);padding:.1em .3em;border-radius:4px;font-size:.9em}
table{border-collapse:collapse;display:block;overflow-x:auto;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line)}th{color:var(--quiet)}`;

/** The page as HTML that loads nothing: no script, no picture, no font. */
export function toHtml(title: string, blocks: readonly Block[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('')}</tr>`;
  const parts = blocks.map((block) => {
    if ('heading' in block) {
      const id = block.id === undefined ? '' : ` id="${escapeHtml(block.id)}"`;
      return `<h${block.level}${id}>${inline(block.heading)}</h${block.level}>`;
    }
    if ('text' in block) return `<p>${inline(block.text)}</p>`;
    return `<table>${cells('th', block.head)}${block.rows.map((row) => cells('td', row)).join('')}</table>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>
${STYLE}
</style></head><body><main>
${parts.join('\n')}
</main></body></html>
`;
}

function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\(#([\w-]+)\)/g, '<a href="#$2">$1</a>');
}
