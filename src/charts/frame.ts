import { type LegendEntry, legend } from "./legend.ts";
import type { Scale } from "./scale.ts";
import { escapeXml, LETTER_WIDTH, plainText, round, shortNumber } from "./text.ts";

export interface Frame {
  readonly title: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Pixels; default 640. */
  readonly width?: number;
  /** Pixels; default 360. */
  readonly height?: number;
}

/** The rectangle between the axes: places of shares of its width and height, the height counted from below. */
export interface Area {
  readonly width: number;
  readonly height: number;
  x(share: number): number;
  y(share: number): number;
}

/** What a kind of chart hands over. */
interface Body {
  readonly y: Scale;
  /** What stands below the x axis, each at its share of the width; `grid`: with a line upwards. */
  readonly labels: readonly { readonly at: number; readonly lines: readonly string[] }[];
  readonly grid: boolean;
  /** Whether there is no room for labels side by side. */
  readonly aslant?: boolean;
  /** Left out where it has one entry. */
  readonly legend: readonly LegendEntry[];
  /** The values: what is cut off at the area's edges, and what is not. */
  draw(area: Area): { readonly cut: string; readonly whole: string };
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
/** A page may give another colour; the rest is for a file of its own. */
const STYLE =
  ".maskcon-chart{color:#1d1f23;color-scheme:light dark}@media(prefers-color-scheme:dark){.maskcon-chart{color:#eceef1}}";
const TITLE_HEIGHT = 34;
const RIGHT = 24;
const LINE_HEIGHT = 13;
/** What labels aslant take below the axis, and the first of them to the left. */
const SLANT_HEIGHT = 74;
const LEFT_ASLANT = 64;
const SIZE = { width: 640, height: 360 } as const;

export const frameSize = ({ width = SIZE.width, height = SIZE.height }: Frame) => ({ width, height });

/** Draws one chart as a standalone SVG: the same input gives the same bytes, and it also stands inline in a page. */
export function renderSvg(frame: Frame, body: Body): string {
  const { width, height } = frameSize(frame);
  const title = plainText(frame.title, Math.floor((width - 24) / 8.2));
  const names = legend(body.legend.length > 1 ? body.legend : [], width, TITLE_HEIGHT);
  const numbers = body.y.ticks.map(shortNumber);
  const numbersWidth = LETTER_WIDTH * Math.max(0, ...numbers.map((text) => text.length));
  const left = Math.max(34 + numbersWidth, body.aslant ? LEFT_ASLANT : 0);
  const top = TITLE_HEIGHT + names.height + 10;
  const rows = Math.max(1, ...body.labels.map(({ lines }) => lines.length));
  const labelHeight = body.aslant ? SLANT_HEIGHT : 10 + LINE_HEIGHT * rows;
  const inner = {
    width: Math.max(1, width - left - RIGHT),
    height: Math.max(1, height - top - labelHeight - (frame.xLabel === undefined ? 8 : 26)),
  };
  const area: Area = { ...inner, x: (share) => share * inner.width, y: (share) => (1 - share) * inner.height };
  const { cut, whole } = body.draw(area);
  const parts = [
    `<title>${escapeXml(title)}</title><style>${STYLE}</style>`,
    `<text x="12" y="23" font-size="14.5" font-weight="650">${escapeXml(title)}</text>${names.svg}`,
    nameOf(frame.yLabel, `translate(14 ${round(top + inner.height / 2)}) rotate(-90)`, inner.height),
    nameOf(frame.xLabel, `translate(${round(left + inner.width / 2)} ${height - 12})`, inner.width),
    `<g transform="translate(${round(left)} ${top})">`,
    axes(area, body, numbers),
    // An inner picture cuts off what leaves it, without an id that another chart of the page could have too.
    `<svg role="none" width="${round(inner.width)}" height="${round(inner.height)}">${cut}</svg>${whole}</g>`,
  ];
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="maskcon-chart" role="img" ${size} font-family="${FONT}" font-size="11" fill="currentColor">${parts.join("")}</svg>`;
}

function nameOf(text: string | undefined, transform: string, room: number): string {
  if (text === undefined) return "";
  const name = escapeXml(plainText(text, Math.max(8, Math.floor(room / LETTER_WIDTH))));
  return `<text transform="${transform}" font-size="12" text-anchor="middle">${name}</text>`;
}

function axes(area: Area, { y, labels, grid, aslant }: Body, numbers: readonly string[]): string {
  const across = y.ticks.map((tick) => `M0 ${round(area.y(y.at(tick)))}h${round(area.width)}`);
  const up = grid ? labels.map(({ at }) => `M${round(area.x(at))} 0v${round(area.height)}`) : [];
  const ticks = [
    ...y.ticks.map((tick) => `M0 ${round(area.y(y.at(tick)))}h-5`),
    ...labels.map(({ at }) => `M${round(area.x(at))} ${round(area.height)}v5`),
  ];
  const yTexts = y.ticks.map(
    (tick, i) => `<text x="-8" y="${round(area.y(y.at(tick)) + 4)}" text-anchor="end">${escapeXml(numbers[i]!)}</text>`,
  );
  const xTexts = labels.map(({ at, lines }) => {
    const place = `translate(${round(area.x(at))} ${round(area.height + (aslant ? 12 : 18))})${aslant ? " rotate(-40)" : ""}`;
    const rows = lines.map((line, i) => `<tspan x="0" y="${i * LINE_HEIGHT}">${escapeXml(line)}</tspan>`);
    return `<text transform="${place}" text-anchor="${aslant ? "end" : "middle"}">${rows.join("")}</text>`;
  });
  const line = (d: readonly string[], opacity: number) =>
    d.length > 0 ? `<path d="${d.join("")}" fill="none" stroke="currentColor" opacity="${opacity}"/>` : "";
  const frame = `M0 0V${round(area.height)}H${round(area.width)}`;
  return `${line([...across, ...up], 0.12)}${line([frame, ...ticks], 0.45)}${yTexts.join("")}${xTexts.join("")}`;
}
