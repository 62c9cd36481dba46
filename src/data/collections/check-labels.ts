import { fail, groupBy } from "../../core/index.ts";
import type { LabelledFile } from "./labelled.ts";

/** Of fewer images nothing follows from how many classes they have. */
const FEW = 10;
/** Of each kind of warning. */
const MAX_NAMED = 3;

/** What the coarse labels are, for messages: undefined: the folders' names; and what to do where they are no labels. */
export interface LabelSource {
  readonly name: string | undefined;
  readonly fix: string;
}

export const folderLabels: LabelSource = { name: undefined, fix: "put the images of a class into one folder" };
export const columnLabels = (name: string): LabelSource => ({ name, fix: "name the labels with --coarse-column" });
export const mapLabels = (file: string): LabelSource => ({
  name: `coarse map ${file}`,
  fix: "give several fine classes one coarse class there",
});

/**
 * Looks at whether labels are labels, and not captions or numbers of images, and whether two classes differ in spelling alone.
 * @param measured whether images are only measured, not trained on
 * @returns what seems wrong, a line each
 * @throws MaskconError "data" where every image has a coarse class of its own
 */
export function checkLabels(
  name: string,
  files: readonly LabelledFile[],
  source: LabelSource,
  measured = false,
): string[] {
  const images = files.filter(({ coarse }) => coarse !== "");
  const classes = new Set(images.map(({ coarse }) => coarse));
  const warnings = [...alike(classes, "coarse"), ...alikeWithin(images)].map((warning) => `${name}: ${warning}`);
  if (measured || images.length < FEW || 2 * classes.size <= images.length) return warnings;
  const where = source.name === undefined ? name : `${name}, ${source.name}`;
  const [first, second] = classes;
  const found = `${classes.size} coarse classes for ${images.length} images, such as ${shown(first!)} and ${shown(second!)}`;
  if (classes.size === images.length) {
    fail("data", { where, expected: "coarse classes of several images, to learn from", found, fix: source.fix });
  }
  return [`${where}: ${found}: these look like captions or numbers of images; ${source.fix}`, ...warnings];
}

/** Characters that no font shows: of width zero, marks of direction. */
const UNSEEN = /\p{Cf}/gu;

/** How a name is written when nobody minds case, spaces and what is not seen. */
const plain = (name: string): string => name.replace(UNSEEN, "").trim().replace(/\s+/g, " ").toLowerCase();

/** Names that differ in case or spaces alone. */
function alike(names: Iterable<string>, kind: string): string[] {
  const several = [...groupBy(names, plain).values()].filter((group) => group.length > 1);
  const lines = several.slice(0, MAX_NAMED).map((group) => {
    const written = group.slice(0, MAX_NAMED).map(shown).join(", ");
    const what = group.some((name) => name.search(UNSEEN) >= 0)
      ? "case, spaces or unseen characters"
      : "case or spaces";
    return `the ${kind} classes ${written} differ in ${what} alone, and count as ${group.length} classes`;
  });
  if (several.length > MAX_NAMED) lines.push(`${lines.pop()} (and ${several.length - MAX_NAMED} more such names)`);
  return lines;
}

/** The same for the fine classes of each coarse class. */
function alikeWithin(files: readonly LabelledFile[]): string[] {
  const labelled = files.filter(({ fine }) => fine !== undefined);
  const classes = [...groupBy(labelled, ({ coarse }) => coarse).values()];
  return classes.flatMap((images) => alike(new Set(images.map(({ fine }) => fine!)), "fine")).slice(0, MAX_NAMED);
}

const shown = (name: string): string =>
  JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name).replace(
    UNSEEN,
    (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );
