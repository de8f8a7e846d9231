/** A piece of markup. Only {@link html} makes one, and {@link trusted} out of the page's own texts. */
export class Html {
  readonly #markup: string;

  /** Not to be called elsewhere: what is given here is not escaped. */
  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template. Nothing is shown of the last three. */
export type Value = Html | string | number | readonly Value[] | undefined | null | false;

/** Makes markup. All that is put in is escaped, as text and in quoted attributes alike, unless it is markup itself. */
export function html(template: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(template.reduce((markup, text, n) => `${markup}${render(values[n - 1])}${text}`));
}

/** The page's own style and script, which stand in their elements as they are. Never for what was read from somewhere. */
export function trusted(text: string): Html {
  if (/<\/|<!--/.test(text)) throw new RangeError('This text would end the element that it stands in.');
  return new Html(text);
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value: Value): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
