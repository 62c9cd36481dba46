import type { Dataset } from "../data/index.ts";
import type { Confusion } from "./confusions.ts";
import { breakable, grouped, html, type Markup, percent } from "./html.ts";
import { pictures } from "./pictures.ts";

/** The hardest confusions with their counts and, for each, the most similar confused pair of images. */
export async function confusionTable(
  dataset: Dataset,
  pairs: readonly Confusion[],
  signal?: AbortSignal,
): Promise<Markup> {
  const picture = await pictures(
    dataset,
    pairs.flatMap(({ example }) => example),
    signal,
  );
  const fine = (label: number) => dataset.fineClasses?.[label] ?? `${label}`;
  const nameOf = (index: number) => fine(dataset.fine![index]!);
  const rows = pairs.map(({ coarse, a, b, aToB, bToA, share, example: [query, found] }) => {
    const [one, other] = [fine(a), fine(b)];
    return html`<tr><th scope="row">${breakable(one)} ↔ ${breakable(other)}<small>${breakable(dataset.coarseClasses[coarse] ?? "")}</small></th><td>${grouped(aToB + bToA)}</td><td>${percent(share)}</td><td class="ways">${one} → ${other}: ${grouped(aToB)}<br>${other} → ${one}: ${grouped(bToA)}</td><td class="pair"><span>${picture(query, `query: ${nameOf(query)}`)}<i aria-hidden="true">→</i>${picture(found, `nearest: ${nameOf(found)}`)}</span></td></tr>`;
  });
  return html`<div class="wide"><table class="confusions"><caption>Pairs of fine classes most often confused at rank 1 within their coarse class (${grouped(dataset.length)} queries)</caption><thead><tr><th scope="col">pair<small>coarse class</small></th><th scope="col">confused</th><th scope="col">% of queries</th><th scope="col">query → nearest</th><th scope="col">most alike</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
