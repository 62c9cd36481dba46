/** Markup that is known to be safe; text becomes it only by `html`, which escapes, or `trusted`. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template of markup: strings put into it are escaped, markup is not, lists are joined, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, next, i) => text + render(parts[i - 1]) + next));
}

/** Markup from the project's own hands, such as a chart. */
export const trusted = (text: string): Markup => new Markup(text);

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === undefined || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(render).join("");
}

/** Safe between tags and in quoted attributes. */
export const escapeHtml = (text: string): string => plain(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Without control characters, those that turn the line's direction, and halves of characters. */
const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (c) => (c === "\n" || c === "\t" ? " " : ""))
    .replace(/\p{Cs}/gu, "\ufffd");

/** A name that may be broken behind its joints: class names are often long_words_without_spaces. */
export const breakable = (name: string): Markup => trusted(escapeHtml(name).replace(/[_/.-](?=.)/g, "$&<wbr>"));

/** JSON that cannot end the script element it stands in, its strings as plain as the text around. */
export const scriptJson = (value: unknown): Markup =>
  trusted(JSON.stringify(value, (_, item) => (typeof item === "string" ? plain(item) : item)).replace(/</g, "\\u003c"));

/** A share in percent with one digit, and "–" where there is none. */
export const percent = (share: number | undefined): string =>
  share === undefined || !Number.isFinite(share) ? "–" : (100 * share).toFixed(1);

/** Whole numbers with thin groups: 50 000. */
export const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
