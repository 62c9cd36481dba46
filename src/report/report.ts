import { MaskconError } from "../core/index.ts";
import { fewImagesLine } from "../eval/index.ts";
import { methodOf } from "../methods/index.ts";
import { type Collected, collect, type Sources } from "./collect.ts";
import { confusionTable } from "./confusion-table.ts";
import { hardestConfusions } from "./confusions.ts";
import { curves } from "./curves.ts";
import { factsLine, factsTables } from "./facts.ts";
import { grouped, html, type Markup, type Part } from "./html.ts";
import { LEAST_POINTS, layout } from "./layout.ts";
import { mapFigure, mapNote } from "./map.ts";
import { MAP_SCRIPT } from "./map-script.ts";
import { classMarkup, measuresMarkup } from "./measures.ts";
import { neighboursLegend } from "./neighbours-page.ts";
import { page } from "./page.ts";
import { spreadQueries } from "./queries.ts";
import { type FullReports, headline, type Reports, recallMarkup } from "./recall.ts";
import { retrieval } from "./retrieval.ts";
import { targets } from "./targets.ts";
import { thumbnailSheet } from "./thumbnail.ts";

/** What `report` shows of a run. */
export interface ReportOptions extends Sources {
  /** Queries of the retrieval figure. */
  readonly queries: number;
  /** Most images on the map; 0: no map. */
  readonly map: number;
}

/** A report, and what is missing in it. */
export interface Report {
  /** One self-contained page. */
  readonly html: string;
  /** What the run or its images did not allow to show, in words; the page says it too. */
  readonly missing: readonly string[];
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}

/**
 * A run as one self-contained HTML page: curves, Recall@K against the frozen encoder, the retrieval figure, a map, the
 * hardest confusions, configuration and versions. The same run, images and versions give the same bytes.
 */
export async function report(o: ReportOptions): Promise<Report> {
  const found = await collect(o);
  const missing = [...found.missing];
  const sections: Section[] = [];
  const add = (id: string, title: string, body: Part) => void (body && sections.push({ id, title, body }));
  add("recall", "Recall@K", recallSection(found, o));
  add("classes", "Coarse classes", classMarkup(found.full, found.dataset?.coarseClasses ?? []));
  add("curves", "Training", curves(found.metrics));
  add("targets", "Targets", targets(found.metrics));
  for (const make of [retrievalSection, mapSection, confusionSection]) {
    try {
      const section = await make(found, o);
      if (section) sections.push(section);
    } catch (error) {
      if (!(error instanceof MaskconError)) throw error;
      missing.push(`a part of this report: ${error.message}`);
    }
  }
  add("facts", "Configuration and versions", factsTables(o.run.record));
  return { html: wholePage(found, o, sections, missing), missing };
}

function wholePage(
  found: Collected,
  o: ReportOptions,
  sections: readonly Section[],
  missing: readonly string[],
): string {
  const { record } = o.run;
  const title = `${record.config.method} on ${record.dataset.name}`;
  const body = html`<header><h1>${title}</h1>
<p class="facts">${factsLine(record, found.metrics)}</p>
<nav aria-label="Parts of this report">${sections.map((part) => html`<a href="#${part.id}">${part.title}</a>`)}</nav>
${missing.length > 0 && html`<aside class="missing"><h2>What is missing</h2><ul>${missing.map((line) => html`<li>${line}</li>`)}</ul></aside>`}
${headline(found.reports, found.full)}</header>
<main>${sections.map((part) => html`<section id="${part.id}"><h2>${part.title}</h2>${part.body}</section>\n`)}</main>
<footer>Written by maskcon. This file is complete: it asks no other place for anything.</footer>`;
  return page({ title: `${title}: maskcon report`, body, script: MAP_SCRIPT });
}

function recallSection(
  { reports, full, dataset, onTraining, position }: Collected,
  { config: { encoder } }: Sources,
): Part {
  const tables = recallMarkup(reports);
  if (!tables) return undefined;
  const few = dataset && fewImagesLine(dataset.length);
  const images = dataset
    ? `${grouped(dataset.length)} ${onTraining ? "training" : "test"} images of ${dataset.name}`
    : "test images";
  return html`<p>Each of the ${images} looks for its nearest neighbours by cosine among all the others; Recall@K is the share that finds its own class among the first K. ${untrainedText(reports)}${position && `, the trained one the ${encoder} encoder of step ${grouped(position.step)}`}.${aloneNote(full)}${few && ` ${few}.`}</p><div class="side">${tables}${measuresMarkup(full)}</div>`;
}

/** What the trained encoder is compared with. */
function untrainedText({ whitened, head }: Reports): string {
  if (!whitened && !head) return "The frozen encoder is the same network before training";
  const white = whitened && "the whitened one its features whitened";
  const first = head && "the head the adapter behind it that was trained first";
  const start = "with which training starts";
  return `The frozen encoder is the pretrained model as it is, ${[white, first].filter(Boolean).join(", ")}, ${start}`;
}

/** What a mean hides: images that nothing can be right for. */
function aloneNote({ trained, frozen }: FullReports): string {
  const { alone = 0, images = 0 } = (trained ?? frozen)?.fine ?? {};
  return alone > 0
    ? ` ${grouped(alone)} of the ${grouped(images)} images have no other of their fine class and count as 0.`
    : "";
}

async function retrievalSection(found: Collected, o: ReportOptions): Promise<Section | undefined> {
  const { dataset, frozen, trained } = found;
  if (!dataset || (!frozen && !trained) || o.queries === 0 || dataset.length < 2) return undefined;
  const encoders = [
    ...(frozen ? [{ title: "Frozen", features: frozen }] : []),
    ...(trained ? [{ title: "Trained", features: trained }] : []),
  ];
  const queries = spreadQueries(dataset, o.queries);
  const figure = await retrieval(dataset, encoders, {
    ...{ queries, shown: 10, threads: o.config.threads, signal: o.signal },
    coarseTrained: methodOf(o.config.method).labels === "coarse",
  });
  const kind = dataset.fine ? "fine" : "coarse";
  const body = html`<p>The ten nearest neighbours of ${queries.length} images. Right means of the same ${kind} class. The queries are the first images of classes spread evenly over the list, not chosen by their result.</p>${neighboursLegend}${figure}`;
  return { id: "retrieval", title: "Nearest neighbours", body };
}

async function mapSection(found: Collected, o: ReportOptions): Promise<Section | undefined> {
  const { dataset, trained } = found;
  if (!dataset || !trained || Math.min(o.map, dataset.length) < LEAST_POINTS) return undefined;
  const placed = await layout(trained, {
    ...{ most: o.map, seed: o.run.record.config.seed, threads: o.config.threads, signal: o.signal },
    progress: (done, total) => o.progress?.("rounds of the map", done, total),
  });
  const sheet = await thumbnailSheet(dataset, placed.indices, {
    signal: o.signal,
    progress: (done, total) => o.progress?.("thumbnails of the map", done, total),
  });
  const body: Markup = html`${mapNote(dataset, placed.indices.length)}${mapFigure(dataset, placed, sheet)}`;
  return { id: "map", title: "Map", body };
}

async function confusionSection(found: Collected, o: ReportOptions): Promise<Section | undefined> {
  const { dataset, trained } = found;
  if (!dataset?.fine || !trained || dataset.length < 2) return undefined;
  const confusions = await hardestConfusions({ coarse: dataset.coarse, fine: dataset.fine }, trained, {
    ...{ threads: o.config.threads, signal: o.signal },
    progress: ({ done, total }) => o.progress?.("pairs of images for confusions", done, total),
  });
  if (confusions.length === 0) {
    const body = html`<p>No image's nearest neighbour within its coarse class is of another fine class.</p>`;
    return { id: "confusions", title: "Hardest confusions", body };
  }
  const body = html`<p>Each image looks for its nearest neighbour within its own coarse class. These pairs of fine classes are taken for each other most often.</p>${await confusionTable(dataset, confusions, o.signal)}`;
  return { id: "confusions", title: "Hardest confusions", body };
}
