import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { hash } from "../core/index.ts";
import { type LegendEntry, legend } from "./legend.ts";
import { escapeXml, plainText, shortNumber } from "./text.ts";

echarts.use([LineChart, BarChart, ScatterChart, CustomChart, GridComponent, SVGRenderer]);

/** Stands for the text's colour until the SVG is written, then becomes `currentColor`: ECharts computes with colours. */
const ink = "#1d1f23";
const font = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const style = ".maskcon-chart{color:#1d1f23}@media(prefers-color-scheme:dark){.maskcon-chart{color:#eceef1}}";
const titleHeight = 34;

export interface Frame {
  readonly title: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Pixels; default 640. */
  readonly width?: number;
  /** Pixels; default 360. */
  readonly height?: number;
}

/** What a kind of chart hands over: ECharts' own options of the axes and series, and our legend (left out where it has one entry). */
export interface Body {
  readonly xAxis: object;
  readonly yAxis: object;
  readonly series: readonly object[];
  readonly legend: readonly LegendEntry[];
}

export const axisOf = (label: string | undefined, options: object = {}) => ({
  name: label === undefined ? "" : plainText(label),
  nameLocation: "middle",
  nameTextStyle: { color: ink, fontSize: 12, fontFamily: font },
  axisLine: { show: true, onZero: false, lineStyle: { color: ink, opacity: 0.45 } },
  axisTick: { lineStyle: { color: ink, opacity: 0.45 } },
  axisLabel: { color: ink, fontSize: 11, fontFamily: font, hideOverlap: true, formatter: shortNumber },
  splitLine: { lineStyle: { color: ink, opacity: 0.12 } },
  ...options,
});

/** Draws one chart as a standalone SVG: the same input gives the same bytes, and it also stands inline in a page. */
export function renderSvg(frame: Frame, body: Body): string {
  const { width = 640, height = 360 } = frame;
  const names = legend(body.legend.length > 1 ? body.legend : [], width, titleHeight);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: font, color: ink },
      grid: {
        left: 62,
        right: 24,
        top: titleHeight + names.height + 10,
        bottom: frame.xLabel === undefined ? 32 : 50,
        outerBoundsMode: "none",
      },
      xAxis: { nameGap: 28, ...body.xAxis },
      yAxis: { nameGap: 44, ...body.yAxis },
      series: body.series,
    });
    return finish(chart.renderToSVGString(), plainText(frame.title, 90), names.svg, width, height);
  } finally {
    // Without it the library's timers keep the process alive.
    chart.dispose();
  }
}

/** Replaces what the library numbers through the process, drops what only its own script reads, and adds title and colours. */
function finish(svg: string, title: string, names: string, width: number, height: number): string {
  // Labels are escaped by now, so a quoted attribute found here is the library's and not a user's text.
  const drawn = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1)
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/ (class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*")/g, "")
    .replaceAll(`"${ink}"`, '"currentColor"')
    .replace(/(id="|"url\(#)zr\d+-/g, "$1@-");
  const id = digest(title + drawn);
  const heading = `<text x="12" y="23" style="font:650 14.5px ${font}" fill="currentColor">${escapeXml(title)}</text>`;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="maskcon-chart" role="img" ${size}><title>${escapeXml(title)}</title><style>${style}</style>${heading}<g style="font-family:${font}">${names}</g>${drawn.replace(/(id="|"url\(#)@-/g, `$1z${id}-`)}`;
}

function digest(text: string): string {
  let state = 0;
  for (let i = 0; i < text.length; i++) state = hash(state, text.charCodeAt(i));
  return state.toString(36);
}
