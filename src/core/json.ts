import { type ErrorCode, fail } from "./errors.ts";

const BOM = 0xfeff;

/**
 * The value of JSON text; a byte order mark before it is passed over.
 * @param place where the text lies, for messages: a file, or a part of one
 * @param code that of the error, instead of "data"
 * @throws MaskconError "data" where the text stops being JSON; it names line and character, counted from 1
 */
export function parseJson(text: string, place: string, code: ErrorCode = "data"): unknown {
  const body = text.charCodeAt(0) === BOM ? text.slice(1) : text;
  try {
    return JSON.parse(body);
  } catch (error) {
    // The messages of JSON.parse differ from one Node to the next, and most of them give no place.
    const at = faultAt(body);
    const lines = body.slice(0, at).split(/\r\n|\r|\n/);
    const where = `${place}, line ${lines.length}, character ${lines.at(-1)!.length + 1}`;
    const found = at < body.length ? JSON.stringify(body.slice(at, at + 20)) : "the end of the text";
    return fail(code, { where, expected: "JSON", found }, error);
  }
}

type State = "value" | "first value" | "key" | "first key" | "colon" | "next";

/** The first character that cannot stand where it does; the text's length where more should come. */
export function faultAt(text: string): number {
  /** What closes each open object and list. */
  const open: string[] = [];
  let state: State = "value";
  for (let at = afterBlanks(text, 0); at < text.length; at = afterBlanks(text, at)) {
    const char = text[at]!;
    if (char === "}" || char === "]") {
      if (!mayClose.includes(state) || open.pop() !== char) return at;
      state = "next";
      at++;
    } else if (state === "next" || state === "colon") {
      if (char !== (state === "colon" ? ":" : ",") || open.length === 0) return at;
      state = state === "next" && open.at(-1) === "}" ? "key" : "value";
      at++;
    } else if (isKey(state) || !"{[".includes(char)) {
      const end = char === '"' ? stringEnd(text, at) : wordEnd(text, at);
      if (end.fault || (isKey(state) && char !== '"')) return end.fault ? end.at : at;
      state = isKey(state) ? "colon" : "next";
      at = end.at;
    } else {
      open.push(char === "{" ? "}" : "]");
      state = char === "{" ? "first key" : "first value";
      at++;
    }
  }
  return text.length;
}

const mayClose: readonly State[] = ["first value", "first key", "next"];
const isKey = (state: State): boolean => state === "key" || state === "first key";

interface End {
  readonly at: number;
  readonly fault: boolean;
}

const blanks = /[ \t\r\n]*/y;
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

function afterBlanks(text: string, at: number): number {
  blanks.lastIndex = at;
  return at + blanks.exec(text)![0].length;
}

function wordEnd(text: string, at: number): End {
  word.lastIndex = at;
  const length = word.exec(text)?.[0].length ?? 0;
  return { at: at + length, fault: length === 0 };
}

function stringEnd(text: string, start: number): End {
  for (let at = start + 1; at < text.length; ) {
    const char = text[at]!;
    if (char === '"') return { at: at + 1, fault: false };
    if (char < " ") return { at, fault: true };
    escaped.lastIndex = at;
    const length = char === "\\" ? (escaped.exec(text)?.[0].length ?? 0) : 1;
    if (length === 0) return { at, fault: true };
    at += length;
  }
  return { at: text.length, fault: true };
}
