import { escapeXml, round } from "./text.ts";

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly mark: Mark;
  /** Pattern of the line through the mark; absent: no line. */
  readonly dash?: readonly number[] | "solid";
}

/** Marks in the order in which series take them. */
export const marks = ["circle", "rect", "triangle", "diamond"] as const;

type Mark = (typeof marks)[number];

const ROW_HEIGHT = 20;
const shapes: Readonly<Record<Mark, string>> = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  rect: "M-3.5-3.5h7v7h-7z",
  triangle: "M0-4.2L4.2 3.6H-4.2z",
  diamond: "M0-5L4.4 0L0 5L-4.4 0z",
};

export const markAt = (mark: Mark, color: string, at: readonly [x: number, y: number]): string =>
  `<path d="${shapes[mark]}" transform="translate(${at.map(round).join(" ")})" fill="${color}"/>`;

/**
 * The names of a chart's series, wrapped to `width` pixels from `top` on. Fonts differ from reader to reader, so a letter is
 * given room for a wide one.
 */
export function legend(entries: readonly LegendEntry[], width: number, top: number): { svg: string; height: number } {
  const left = 12;
  let [x, row] = [left, 0];
  const drawn = entries.map(({ name, color, mark, dash }) => {
    const symbol = dash ? 26 : 12;
    const needed = symbol + 6 + 7.3 * [...name].length;
    if (x > left && x + needed > width - 4) [x, row] = [left, row + 1];
    const y = top + ROW_HEIGHT * (row + 0.5);
    const pattern = dash && dash !== "solid" ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    const line = dash ? `<path d="M0 0h26" fill="none" stroke="${color}" stroke-width="2"${pattern}/>` : "";
    const shape = markAt(mark, color, [symbol / 2, 0]);
    const text = `<text x="${symbol + 6}" y="4" font-size="12">${escapeXml(name)}</text>`;
    const entry = `<g transform="translate(${round(x)} ${round(y)})">${line}${shape}${text}</g>`;
    x += needed + 16;
    return entry;
  });
  return { svg: drawn.join(""), height: entries.length > 0 ? ROW_HEIGHT * (row + 1) : 0 };
}
