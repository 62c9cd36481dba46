/** A label made safe to draw: one line, no character that XML forbids, not longer than `most` characters. */
export function plainText(text: string, most = 60): string {
  const legal = text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]+/gu, " ")
    .replace(/\p{Cs}/gu, "\ufffd");
  const line = legal.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length > most) return `${characters.slice(0, most - 1).join("")}…`;
  return line || "–";
}

/** Plain names, no two equal: a legend shows one entry a name, so a second "a" becomes "a (2)". */
export function plainNames(names: readonly string[], most = 40): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = plainText(name, most);
    let unique = plain;
    for (let i = 2; taken.has(unique); i++) unique = `${plain} (${i})`;
    taken.add(unique);
    return unique;
  });
}

/** A plain text on at most two lines of `letters`, broken at spaces where it has some. */
export function wrapped(text: string, letters: number): string[] {
  const characters = [...text];
  if (characters.length <= letters) return [text];
  const space = characters.slice(0, letters + 1).lastIndexOf(" ");
  const end = space > 0 ? space : letters;
  return [characters.slice(0, end).join(""), plainText(characters.slice(end).join(""), letters)];
}

/** Pixels of a letter of an axis, at 11 pixels, with some to spare: fonts differ from reader to reader. */
export const LETTER_WIDTH = 6.6;

/** A place in a picture: tenths of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10 + 0;

export const escapeXml = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** At most four significant digits and no needless zeros: what stands beside an axis. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(4)));
}
