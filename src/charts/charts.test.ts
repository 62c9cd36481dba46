import { expect, it } from "vitest";
import { barChart, lineChart, type Point, palette } from "./index.ts";
import { luminance } from "./palette.ts";
import { shortNumber } from "./text.ts";

const rising: Point[] = [
  [0, 1],
  [1, 2],
  [2, 4],
];
const frame = { title: "Loss", xLabel: "step", yLabel: "loss" };
const line = (name = "a", more = {}) => lineChart({ ...frame, series: [{ name, points: rising }], ...more });
const hostile = `</text></svg><script>alert("1")</script><!--&]]>\u0000\u0007\ud800{b|c}`;
const kinds = {
  line: () => lineChart({ title: hostile, xLabel: hostile, yLabel: hostile, series: both(hostile) }),
  bar: () =>
    barChart({
      title: hostile,
      yLabel: hostile,
      categories: [hostile, "b"],
      series: [
        { name: hostile, values: [1, undefined], errors: [0.5, 1] },
        { name: hostile, values: [2, Number.NaN], errors: [[1, 4], undefined] },
      ],
    }),
};
function both(name: string) {
  return [
    { name, points: rising, band: rising.map(([x, y]) => [x, y - 1, y + 1] as const) },
    { name: "", points: [[0, Number.NaN] as const] },
  ];
}

it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
  "escapes every label of a %s chart and stays well-formed",
  (kind) => {
    const svg = kinds[kind]();
    expect(svg).not.toMatch(/<script|<!--|]]>/);
    for (const illegal of ["\u0000", "\u0007", "\ud800"]) expect(svg).not.toContain(illegal);
    expect(svg).toContain("&#60;script&#62;");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const open: string[] = [];
    for (const [, close, name, own] of svg.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!own) open.push(name!);
    }
    expect(open).toEqual([]);
  },
);

it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
  "a %s chart asks for nothing, has no ids that another could have, and is the same again",
  (kind) => {
    const svg = kinds[kind]();
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|href=|@import|url\((?!#)/);
    expect(svg).not.toMatch(/ id=/);
    expect(kinds[kind]()).toBe(svg);
  },
);

it("draws text in the page's colour and names the chart for those who cannot see it", () => {
  expect(line()).toMatch(/^<svg [^>]*role="img"[^>]*><title>Loss<\/title>/);
  expect(line()).toMatch(/^<svg [^>]* fill="currentColor">/);
  expect(line()).not.toMatch(/<text[^>]*fill=/);
  // As a file of its own: a light text wants the dark ground that comes with it.
  expect(line()).toContain("color-scheme:light dark");
  expect(line()).toContain("prefers-color-scheme:dark");
});

it("lists the series only where there is more than one, equal names told apart", () => {
  expect(line("only one")).not.toContain("only one");
  const two = lineChart({
    ...frame,
    series: [
      { name: "a", points: rising },
      { name: "a", points: rising },
    ],
  });
  expect(two).toContain(">a<");
  expect(two).toContain(">a (2)<");
});

it("leaves points without a place on a logarithmic axis out", () => {
  const at = (x: number) =>
    lineChart({
      ...frame,
      logX: true,
      series: [
        {
          name: "a",
          points: [
            [x, 5],
            [1, 1],
            [10, 2],
          ],
        },
      ],
    });
  expect(at(0)).toBe(at(Number.NaN));
  expect(at(0)).not.toBe(at(100));
});

it("draws a gap, a band and error bars", () => {
  const broken = lineChart({
    ...frame,
    series: [
      {
        name: "a",
        points: [
          [0, 1],
          [1, 2],
          [2, Number.NaN],
          [3, 1],
          [4, 2],
        ],
      },
    ],
  });
  const path = broken.match(/d="([^"]+)"[^>]*stroke="#0b7fc7"/)![1]!;
  expect(path.match(/M/g)).toHaveLength(2);
  expect(kinds.line()).toMatch(/fill="#0b7fc7" opacity="0.18"/);
  const bars = (errors?: number[]) =>
    barChart({
      title: "t",
      yLabel: "y",
      categories: ["c"],
      series: [{ name: "a", values: [3], ...(errors && { errors }) }],
    });
  const whiskers = (svg: string) => svg.match(/d="([^"]+)"[^>]*stroke-width="1.4"/)?.[1]?.match(/M/g)?.length;
  expect([whiskers(bars()), whiskers(bars([1]))]).toEqual([undefined, 3]);
});

it("names categories on two lines, aslant, or some of them, as there is room", () => {
  const bars = (count: number) => {
    const categories = Array.from({ length: count }, (_, i) => `a rather long name ${i}`);
    return barChart({ title: "t", yLabel: "y", categories, series: [{ name: "a", values: categories.map(() => 1) }] });
  };
  const named = (svg: string) => svg.match(/<tspan/g)!.length;
  expect(named(bars(5))).toBe(2 * 5);
  expect(bars(5)).toContain(">name 3<");
  expect([named(bars(20)), bars(20).includes("rotate(-40)")]).toEqual([20, true]);
  expect(named(bars(200))).toBeLessThan(40);
});

it("cuts off what leaves the ends that are given, and marks nothing there", () => {
  const points: Point[] = [
    [0, 50],
    [1, 150],
    [2, 90],
  ];
  const svg = lineChart({ ...frame, yMin: 0, yMax: 100, series: [{ name: "a", points }] });
  const [, inner, outside] = svg.match(/<svg role="none"[^>]*>(.*?)<\/svg>(.*)<\/g>/)!;
  expect(inner!.match(/<path/g)).toHaveLength(1);
  expect(outside!.match(/<path/g)).toHaveLength(2);
});

it("draws nothing at all without failing", () => {
  expect(lineChart({ ...frame, series: [] })).toContain("</svg>");
  expect(barChart({ title: "", yLabel: "", categories: [], series: [] })).toContain("</svg>");
});

it.each([2, 8, 20, 100])("%i colours have contrast on white and on near-black", (count) => {
  const colors = palette(count);
  expect(new Set(colors).size).toBe(count);
  for (const color of colors) {
    const own = luminance([1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16) / 255));
    expect((1 + 0.05) / (own + 0.05), color).toBeGreaterThan(3);
    expect((own + 0.05) / (luminance([0x1d / 255, 0x20 / 255, 0x26 / 255]) + 0.05), color).toBeGreaterThan(3);
  }
});

it("writes numbers of an axis short", () => {
  expect([0, 0.1 + 0.2, 1234.5, 20000, 0.00012, 3e9].map(shortNumber)).toEqual([
    "0",
    "0.3",
    "1235",
    "20k",
    "1.2e-4",
    "3e9",
  ]);
});

it("numbers the end of the data on the x axis only where it is a round one", () => {
  const upTo = (end: number) => line("a", { series: [{ name: "a", points: [...rising.slice(0, 1), [end, 2]] }] });
  expect(upTo(0.9677)).not.toContain(">0.9677<");
  expect(upTo(0.9677)).toContain(">0.8<");
  expect(upTo(12)).toContain(">12<");
});
