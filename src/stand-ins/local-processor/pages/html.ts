/** Markup that is safe to send: made by the `html` tag alone, which escapes whatever is put into it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in an `html` template; `false` and `undefined` leave nothing behind. */
export type HtmlPart = Html | string | number | false | undefined | readonly Html[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds markup; every value is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = strings.map((text, index) => text + (index < parts.length ? toMarkup(parts[index]) : ''));
  return new Html(markup.join(''));
}

function toMarkup(part: HtmlPart): string {
  if (part instanceof Html) return part.markup;
  if (part === undefined || part === false) return '';
  if (typeof part === 'object') return part.map((item) => item.markup).join('');
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
