import { canonicalName, didYouMean, fail } from "../../../core/index.ts";
import { columnType, type Footer, type Leaf, typeName } from "../../../formats/parquet/index.ts";
import { coarseNames, fineNames, onlyNames } from "../column-names.ts";
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
 * @throws MaskconError "data" where that leaves it open, with the columns
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
  const binary = table.leaves.filter(({ element, repeated }) => columnType(element).kind === "bytes" && !repeated);
  const at = (name: string) => only(table, binary, name) ?? only(table, binary, `${name}.bytes`);
  if (asked !== undefined) return at(asked) ?? refuseImage(table, asked);
  const features = [...table.features].filter(([, { kind }]) => kind === "Image").map(([name]) => name);
  const candidates = [
    features,
    binary.filter(({ path }) => path.endsWith(".bytes")).map(({ path }) => path),
    imageNames,
  ].map((names) => names.map(at).filter((leaf) => leaf !== undefined));
  const found = candidates.find((leaves) => leaves.length > 0) ?? [];
  if (found.length === 1) return found[0]!;
  const fix =
    binary.length > 0 ? "name it with --image-column" : "the images must be in the file, as a column of bytes";
  return undecided(table, "one column of encoded images", fix);
}

function refuseImage(table: Table, asked: string): never {
  const leaf = table.leaves.find(({ path }) => isCalled(path, asked));
  if (!leaf) return noSuch(table, "imageColumn", asked, "encoded images");
  return fail("data", {
    where: `${table.file}, column ${leaf.path}`,
    expected: "encoded images, as bytes",
    found: `${leaf.repeated ? "lists" : "values"} of ${typeName(leaf.element)}`,
    fix: "the images must be in the file: paths and URLs are not followed",
  });
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
    names.some((name) => isCalled(path, name) || (repeated && path.startsWith(`${name}.`))),
  );
  if (!leaf) return;
  const found = leaf.repeated ? "lists" : `values of ${typeName(leaf.element)}`;
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

/** Labels are whole numbers or text, one a row. */
function columnAt(table: Table, name: string): LabelColumn | undefined {
  const leaf = only(table, table.leaves, name);
  if (!leaf || leaf.repeated || columnType(leaf.element).kind === "other") return undefined;
  return { leaf, names: table.features.get(leaf.path)?.names };
}

const isCalled = (path: string, name: string) => canonicalName(path) === canonicalName(name);

/** The column of a name: the format lets two have it, or one a dot where the other is inside a struct. */
function only({ file }: Table, leaves: readonly Leaf[], name: string): Leaf | undefined {
  const [leaf, other] = leaves.filter(({ path }) => isCalled(path, name));
  if (other === undefined) return leaf;
  return fail("data", { where: file, expected: "columns of different names", found: `two called ${other.path}` });
}

const describe = ({ leaves, features }: Table): string =>
  leaves
    .map(({ path, element }) => `${path} (${features.get(path)?.kind ?? typeName(element)})`)
    .slice(0, 40)
    .join(", ") || "no column";

function undecided(table: Table, expected: string, fix: string): never {
  return fail("data", { where: table.file, expected, found: `the columns ${describe(table)}`, fix });
}

function noSuch(table: Table, option: string, asked: string, of: string, meant?: string): never {
  const paths = table.leaves.map(({ path }) => path);
  return fail("data", {
    where: `${table.file}, ${option} "${asked}"`,
    expected: `a column of ${of}`,
    found: `the columns ${describe(table)}`,
    fix: paths.includes(asked)
      ? undefined
      : meant === undefined
        ? didYouMean(asked, paths)
        : `did you mean "${meant}"?`,
  });
}
