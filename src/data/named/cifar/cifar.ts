import { fail } from "../../../core/index.ts";
import type { LoadedData } from "../../dataset.ts";
import { type CifarArchive, cifarFix } from "../published.ts";
import type { CifarFound, CifarSet } from "./cifar-version.ts";
import { openCifar10, openCifar10Binary } from "./cifar10.ts";
import { type CifarScheme, cifar10Schemes } from "./cifar10-coarse.ts";
import { openCifar100, openCifar100Binary } from "./cifar100.ts";

type Opener = (folder: string, names: readonly string[], scheme: CifarScheme) => Promise<LoadedData>;

const openers: Readonly<Record<CifarArchive, Opener>> = {
  "cifar-10-python.tar.gz": openCifar10,
  "cifar-10-binary.tar.gz": openCifar10Binary,
  "cifar-100-python.tar.gz": openCifar100,
  "cifar-100-binary.tar.gz": openCifar100Binary,
};

export interface CifarOptions {
  readonly preset?: string | undefined;
  /** Take CIFAR-10's training files that are there, if not all five are. */
  readonly partial?: boolean | undefined;
}

const schemeOf = (preset: string | undefined): CifarScheme | undefined =>
  preset !== undefined && Object.hasOwn(cifar10Schemes, preset) ? (preset as CifarScheme) : undefined;

/** The set a preset is made for. */
export const cifarSetOf = (preset: string | undefined): CifarSet | undefined =>
  preset === "cifar100" ? "cifar100" : schemeOf(preset) && "cifar10";

/** Which one is meant: what is certain before a part, the preset's set before the other. */
export function chooseCifar(found: readonly CifarFound[], preset: string | undefined): CifarFound | undefined {
  const certain = found.filter((one) => one.certain);
  const among = certain.length > 0 ? certain : found;
  return among.find(({ version }) => version.set === cifarSetOf(preset)) ?? among[0];
}

/** Opens what was found, where nothing of it is missing. @throws MaskconError `data` */
export async function openCifar(found: CifarFound, options: CifarOptions): Promise<LoadedData> {
  refuseMissing(found, options.partial);
  return readCifar(found, schemeOf(options.preset));
}

/** Reads what was found; a missing file fails as it is come to. */
export const readCifar = ({ version, folder, there }: CifarFound, scheme: CifarScheme = "cifar10") =>
  openers[version.archive](folder, there, scheme);

const isTraining = (name: string): boolean => name.startsWith("data_batch_");

/** @throws MaskconError `data` with the missing files, what they are in and its checksum */
export function refuseMissing({ version, folder, there }: CifarFound, partial = false): void {
  const missing = Object.keys(version.files).filter((name) => !there.includes(name));
  const some = there.some(isTraining);
  const lacking = partial && some ? missing.filter((name) => !isTraining(name)) : missing;
  if (lacking.length === 0) return;
  const source = cifarFix(version.archive);
  fail("data", {
    where: folder,
    expected: `the files of ${version.set} (${version.archive})`,
    found: `all but ${lacking.join(", ")}`,
    fix: some && lacking.every(isTraining) ? `accept some of them with --partial (partial); ${source}` : source,
  });
}

/**
 * For CIFAR in a folder that unpacking made: fails where the other set lies beside it and no preset says which is meant.
 * @throws MaskconError `data`
 */
export function refuseBoth(root: string, chosen: CifarFound, found: readonly CifarFound[], preset?: string): void {
  if (chosen.version.set === cifarSetOf(preset)) return;
  const other = found.find(({ version, certain }) => certain && version.set !== chosen.version.set);
  if (other === undefined) return;
  fail("data", {
    where: root,
    expected: "one set",
    found: `${chosen.version.folder} and ${other.version.folder}`,
    fix: "give the folder of one, or its preset with --preset",
  });
}
