import { fail, nearest } from "../../../core/index.ts";
import type { Footer, Leaf } from "../../../formats/parquet/index.ts";
import type { FilesOptions } from "../labelled.ts";
import { type Feature, featuresOf } from "./features.ts";

export interface LabelColumn {
  readonly leaf: Leaf;
  readonly names: readonly string[] | undefined;
}

export interface Columns {
  readonly image: Leaf;
  readonly coarse: LabelColumn | undefined;
  readonly fine: LabelColumn | undefined;
}

const coarseNames = ["coarse_label", "coarse_labels", "coarse", "superclass"];
const fineNames = ["fine_label", "fine_labels", "fine"];
const onlyNames = ["label", "labels", "class", "category"];
const imageNames = ["image", "img", "image.bytes", "img.bytes", "bytes", "jpg", "png", "webp"];

interface Table {
  readonly file: string;
  readonly leaves: readonly Leaf[];
  readonly features: ReadonlyMap<string, Feature>;
}

/**
 * Which columns hold the encoded images and the labels: those asked for; else an Image feature, or a struct with `bytes`, and
 * `coarse_label`, `fine_label`, or a single `label` (with a coarse map, the fine one).
 * @param labels whether some label is needed
 * @throws MaskconError `data` listing the columns where that leaves it open
 */
export function chooseColumns(file: string, footer: Footer, options: FilesOptions, labels: boolean): Columns {
  const table = { file, leaves: footer.leaves, features: featuresOf(file, footer) };
  const image = imageOf(table, options.imageColumn);
  const coarse = labelOf(table, options.coarseColumn, "coarseColumn", coarseNames);
  const fine = labelOf(table, options.fineColumn, "fineColumn", fineNames);
  const mapped = options.coarseMap !== undefined;
  const enough = coarse ?? (mapped ? fine : undefined) ?? onlyLabel(table, fine);
  if (labels && !enough) {
    refuseType(table, [...coarseNames, ...(mapped ? fineNames : []), ...onlyNames]);
    undecided(table, "a label column", labelFix(table, mapped));
  }
  return { image, coarse: enough, fine };
}

/** How to name the label columns: those inside a struct are named by what they are called there. */
function labelFix(table: Table, mapped: boolean): string {
  const coarse = mapped ? undefined : inside(table, [...coarseNames, ...onlyNames]);
  const fine = inside(table, mapped ? [...fineNames, ...onlyNames] : fineNames);
  const kind = mapped ? "fine" : "coarse";
  if ((mapped ? fine : coarse) === undefined) return `name the column of the ${kind} labels with --${kind}-column`;
  const named = [coarse && `--coarse-column ${coarse}`, fine && `--fine-column ${fine}`].filter((text) => text);
  return `name ${named.length > 1 ? "them" : "it"} with ${named.join(" ")}`;
}

/** The first column of labels inside the struct `above`, or any, that is called by one of `names` there. */
const inside = (table: Table, names: readonly string[], above = ""): string | undefined =>
  table.leaves
    .map(({ path }) => path)
    .filter((path) => path.startsWith(above) && names.some((name) => path.endsWith(`.${name}`)))
    .find((path) => columnAt(table, path));

function imageOf(table: Table, asked: string | undefined): Leaf {
  const binary = table.leaves.filter(({ element, repeated }) => element.type === "BYTE_ARRAY" && !repeated);
  const at = (name: string) => binary.find(({ path }) => path === name || path === `${name}.bytes`);
  if (asked !== undefined) return at(asked) ?? noSuch(table, "imageColumn", asked, "encoded images");
  const features = [...table.features].filter(([, { kind }]) => kind === "Image").map(([name]) => name);
  const candidates = [
    features,
    binary.filter(({ path }) => path.endsWith(".bytes")).map(({ path }) => path),
    imageNames,
  ].map((names) => names.map(at).filter((leaf) => leaf !== undefined));
  const found = candidates.find((leaves) => leaves.length > 0) ?? [];
  if (found.length === 1) return found[0]!;
  return undecided(table, "one column of encoded images", "name it with --image-column");
}

function labelOf(
  table: Table,
  asked: string | undefined,
  option: "coarseColumn" | "fineColumn",
  names: readonly string[],
): LabelColumn | undefined {
  if (asked === undefined) return names.map((name) => columnAt(table, name)).find((column) => column !== undefined);
  const column = columnAt(table, asked);
  if (column) return column;
  refuseType(table, [asked]);
  return noSuch(table, option, asked, "labels", inside(table, [...names, ...onlyNames], `${asked}.`));
}

/** Refuses a column called by one of `names`, none of which is read: it is of another type, or holds lists. */
function refuseType({ file, leaves }: Table, names: readonly string[]): void {
  const leaf = leaves.find(({ path, repeated }) =>
    names.some((name) => path === name || (repeated && path.startsWith(`${name}.`))),
  );
  if (!leaf) return;
  const found = leaf.repeated ? "lists" : `values of ${leaf.element.type ?? "an unknown type"}`;
  fail("data", {
    where: `${file}, column ${leaf.path}`,
    expected: "a label a row, as text or a whole number",
    found: `${found}, which are not read`,
    fix: "write the column so",
  });
}

/** A column `label` or the like; else the only ClassLabel there is. */
function onlyLabel(table: Table, fine: LabelColumn | undefined): LabelColumn | undefined {
  const named = labelOf(table, undefined, "coarseColumn", onlyNames);
  if (named) return named;
  const classes = [...table.features].filter(([, { names }]) => names !== undefined).map(([name]) => name);
  const others = classes.filter((name) => name !== fine?.leaf.path);
  return others.length === 1 ? columnAt(table, others[0]!) : undefined;
}

/** Labels are numbers or text, one a row. */
function columnAt({ leaves, features }: Table, name: string): LabelColumn | undefined {
  const leaf = leaves.find(({ path }) => path === name);
  const readable = ["INT32", "INT64", "BYTE_ARRAY"].includes(leaf?.element.type ?? "");
  return leaf && readable && !leaf.repeated ? { leaf, names: features.get(name)?.names } : undefined;
}

const describe = ({ leaves, features }: Table): string =>
  leaves
    .map(({ path, element }) => `${path} (${features.get(path)?.kind ?? element.type ?? "an unknown type"})`)
    .slice(0, 40)
    .join(", ") || "no column";

function undecided(table: Table, expected: string, fix: string): never {
  return fail("data", { where: table.file, expected, found: `the columns ${describe(table)}`, fix });
}

function noSuch(table: Table, option: string, asked: string, of: string, meant?: string): never {
  const paths = table.leaves.map(({ path }) => path);
  const near = meant ?? nearest(asked, paths);
  return fail("data", {
    where: `${table.file}, ${option} "${asked}"`,
    expected: `a column of ${of}`,
    found: `the columns ${describe(table)}`,
    ...(near === undefined || near === asked ? {} : { fix: `did you mean "${near}"?` }),
  });
}
