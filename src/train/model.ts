import { checkJoinable, type Preprocessing, readForeignModel, type Trunk } from "../backbone/index.ts";
import { isModelFile, type RunConfig, type RunRecord } from "../config/index.ts";
import { fail } from "../core/index.ts";
import { imagenetNormalization, type LoadedData, type Normalization } from "../data/index.ts";
import { openModel } from "../run/index.ts";

/** The model of a backbone from a file, and how it wants its images. */
export interface OpenModel {
  readonly trunk: Trunk;
  readonly normalization: Normalization;
  /** Of a new run: its settings and the file beside the model say different normalizations. */
  readonly warning: string | undefined;
}

/**
 * Opens the model of a run; undefined where its backbone is no file. A new run is refused where its encoder could never be
 * exported.
 */
export async function openRunModel(config: RunConfig, recorded: RunRecord | undefined): Promise<OpenModel | undefined> {
  const { backbone, featureOutput: output, imageSize } = config;
  if (!isModelFile(backbone)) return undefined;
  if (!recorded) await checkJoinable(await readForeignModel(backbone, { output, imageSize }));
  const trunk = await openModel({ ...config, backbone }, recorded?.model);
  try {
    const { preprocessing } = trunk;
    const normalization = recorded?.dataset.normalization ?? normalizationOf(config, preprocessing);
    const warning = recorded || !preprocessing ? undefined : contradiction(config, preprocessing);
    return { trunk, normalization: normalization ?? unknownNormalization(backbone), warning };
  } catch (error) {
    await trunk.close();
    throw error;
  }
}

/** Images under the normalization of a model. */
export function asModelSees(data: LoadedData, { normalization }: OpenModel): LoadedData {
  const { train, test } = data;
  return { ...data, train: { ...train, normalization }, test: test && { ...test, normalization } };
}

const named: Readonly<Record<NonNullable<RunConfig["normalization"]>, Normalization>> = {
  imagenet: imagenetNormalization,
  clip: { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] },
  half: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  none: { mean: [0, 0, 0], std: [1, 1, 1] },
};

/** What the settings say, else the file beside the model. */
function normalizationOf(
  { normalization, mean, std }: RunConfig,
  beside: Preprocessing | undefined,
): Normalization | undefined {
  if (mean !== undefined || std !== undefined) return given(mean, std, normalization);
  if (normalization !== undefined) return named[normalization];
  return beside && { mean: beside.mean, std: beside.std };
}

/** Values that differ by less are the same, rounded. */
const SAME = 1e-3;

/** What the settings say is taken; that the file beside the model says something else is most likely a mistake. */
function contradiction(config: RunConfig, beside: Preprocessing): string | undefined {
  const asked = normalizationOf(config, beside)!;
  const numbers = ({ mean, std }: Normalization) => [...mean, ...std];
  const expected = numbers(beside);
  if (numbers(asked).every((value, i) => Math.abs(value - expected[i]!) <= SAME)) return undefined;
  const text = ({ mean, std }: Normalization) =>
    [mean, std].map((values) => values.map((value) => Number(value.toFixed(4))).join(",")).join(" and ");
  const name = config.normalization === undefined ? "--mean and --std" : `--normalization ${config.normalization}`;
  return `mean and std ${text(asked)} of ${name} are used; ${beside.from} says ${text(beside)}`;
}

function given(mean: string | undefined, std: string | undefined, other: string | undefined): Normalization {
  if (mean === undefined || std === undefined) {
    const [there, missing] = mean === undefined ? ["--std", "--mean"] : ["--mean", "--std"];
    return fail("config", { where: there, expected: `${missing} beside it`, found: "none" });
  }
  if (other !== undefined) {
    const found = "both";
    return fail("config", { where: "--normalization", expected: "a name, or --mean and --std", found });
  }
  return { mean: triple("--mean", mean), std: triple("--std", std, Number.MIN_VALUE) };
}

function triple(where: string, text: string, least = Number.NEGATIVE_INFINITY): [number, number, number] {
  const values = text.split(",").map(Number);
  if (values.every((value) => Number.isFinite(value) && value >= least)) return values as [number, number, number];
  const expected = least > 0 ? "three numbers above 0: R,G,B" : "three numbers: R,G,B";
  return fail("config", { where, expected, found: text });
}

/** Never guessed: the wrong one costs several points of Recall@1 without a word. */
const unknownNormalization = (file: string): never =>
  fail("config", {
    where: "--backbone",
    expected: "to know how the model wants its images normalised",
    found: `no preprocessor_config.json, or config.json of timm, beside ${file}`,
    fix: "give --normalization (imagenet: torchvision and most of timm; clip; half: values from -1 to 1), or --mean and --std",
  });
