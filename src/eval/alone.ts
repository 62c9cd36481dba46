import type { ImageLabels } from "./evaluate.ts";

/**
 * Says how many images have no other of their fine, and of their coarse class, a line each: no neighbour is right for
 * them. Where that holds of all images the fine question is not asked, and no line is about it.
 */
export function aloneLines({ coarse, fine }: ImageLabels): string[] {
  const lines = { fine: fine && alone(fine) % fine.length, coarse: alone(coarse) };
  return Object.entries(lines).flatMap(([kind, count]) =>
    count ? [`${count} of ${coarse.length} images have no other of their ${kind} class: they count as 0`] : [],
  );
}

function alone(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].filter((count) => count === 1).length;
}
