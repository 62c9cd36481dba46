import { palette } from "../charts/index.ts";
import { type Dataset, idOf } from "../data/index.ts";
import { grouped, html, type Markup, scriptJson, trusted } from "./html.ts";
import type { Layout } from "./layout.ts";
import type { Sheet } from "./thumbnail.ts";

const WIDTH = 1000;
const MARGIN = 14;
/** More names than this would push the map off the screen. */
const MOST_NAMES = 40;

/**
 * A map of the images, coloured by coarse or by fine label. Both the switch and the colours are plain CSS; the script adds
 * what a pointer shows and the choice of one coarse class.
 */
export function mapFigure(dataset: Dataset, { indices, positions }: Layout, sheet: Sheet): Markup {
  const fine = dataset.fine;
  const height = Math.ceil(mapHeight(positions) * (WIDTH - 2 * MARGIN) + 2 * MARGIN);
  const place = (i: number, axis: number) => (MARGIN + positions[2 * i + axis]! * (WIDTH - 2 * MARGIN)).toFixed(1);
  const colors = colouring(dataset, indices);
  const dots = indices.map(
    (index, i) =>
      `<circle cx="${place(i, 0)}" cy="${place(i, 1)}" r="5" class="c${dataset.coarse[index]}${fine ? ` f${fine[index]}` : ""}"/>`,
  );
  const label = `Map of ${indices.length} images; near ones have similar features. Coloured by ${fine ? "coarse or fine" : "coarse"} class.`;
  const toggle = fine
    ? html`<input type="radio" name="by" id="by-coarse" checked><label for="by-coarse">coarse label</label><input type="radio" name="by" id="by-fine"><label for="by-fine">fine label</label>`
    : html``;
  return html`<style>${trusted(colors.css)}.sheet{background-image:url(${trusted(sheet.uri)})}</style>
<div class="map"><span class="by">Colour by${fine ? "" : " coarse label"}</span>${toggle}<label class="only" hidden>Show <select id="map-only"><option value="">all coarse classes</option>${colors.coarse.map(({ label, name }) => html`<option value="${label}">${name}</option>`)}</select></label>
<div class="plane"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${trusted(dots.join(""))}</svg><div id="map-tip" hidden><span class="sheet"></span><p></p></div></div>
${names("coarse", colors.coarse, "c")}${fine && names("fine", colors.fine, "f")}</div>
<script type="application/json" id="map-data">${scriptJson(tips(dataset, indices, sheet))}</script>`;
}

function mapHeight(positions: Float32Array): number {
  let most = 0.2;
  for (let i = 1; i < positions.length; i += 2) most = Math.max(most, positions[i]!);
  return most;
}

interface Name {
  readonly label: number;
  readonly name: string;
  /** The coarse class it belongs to. */
  readonly of: number;
  readonly color: string;
}

/** Coarse classes get a palette; fine ones too, anew in each coarse class: a hundred colours nobody could tell apart. */
function colouring(dataset: Dataset, indices: readonly number[]) {
  const coarseLabels = [...new Set(indices.map((index) => dataset.coarse[index]!))].sort((a, b) => a - b);
  const shades = palette(coarseLabels.length);
  const coarse = coarseLabels.map((label, i) => {
    return { label, of: label, name: dataset.coarseClasses[label] ?? `${label}`, color: shades[i]! };
  });
  const fine = coarseLabels.flatMap((of) => {
    const labels = new Set(
      indices.flatMap((i) => (dataset.coarse[i] === of && dataset.fine ? [dataset.fine[i]!] : [])),
    );
    const own = palette(labels.size);
    return [...labels]
      .sort((a, b) => a - b)
      .map((label, i): Name => ({ label, of, name: dataset.fineClasses?.[label] ?? `${label}`, color: own[i]! }));
  });
  const rule = (names: readonly Name[], selector: (name: Name) => string) =>
    names.map((name) => `${selector(name)}{fill:${name.color};background:${name.color}}`).join("");
  const css = `${rule(coarse, ({ label }) => `.c${label}`)}${rule(fine, ({ label, of }) => `#by-fine:checked~.plane .c${of}.f${label},i.c${of}.f${label}`)}`;
  return { coarse, fine, css };
}

function names(kind: "coarse" | "fine", list: readonly Name[], prefix: "c" | "f"): Markup {
  const hidden = kind === "fine" && list.length > MOST_NAMES;
  const swatch = ({ label, of }: Name) => (prefix === "c" ? `c${label}` : `c${of} f${label}`);
  return html`<ul class="names of-${kind}"${hidden && html` data-many`}>${list.map((name) => html`<li data-of="${name.of}"><i class="${swatch(name)}"></i>${name.name}</li>`)}</ul>${hidden && html`<p class="of-${kind} note">Fine classes have their own colours within each coarse class; choose one above to read their names. Across coarse classes a colour may come again.</p>`}`;
}

/** What the pointer shows of each dot, its names by number to keep the page small. */
function tips(dataset: Dataset, indices: readonly number[], { tile, columns }: Sheet) {
  return {
    tile,
    columns,
    coarse: dataset.coarseClasses,
    fine: dataset.fineClasses ?? [],
    dots: indices.map((index) => [idOf(dataset, index), dataset.coarse[index], dataset.fine?.[index] ?? -1]),
  };
}

export const mapNote = (dataset: Dataset, shown: number): Markup =>
  html`<p>${shown < dataset.length && html`${grouped(shown)} of the ${grouped(dataset.length)} images, drawn at random, placed`}${shown >= dataset.length && "All images, placed"} in the plane by UMAP on the trained encoder's normalised features. Near means alike; the axes mean nothing, and distances between far groups little.</p>`;
