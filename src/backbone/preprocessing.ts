import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { fail, parseJson } from "../core/index.ts";
import { readText } from "../formats/index.ts";

/** @inline */
type Triple = readonly [number, number, number];

/** How a foreign model wants its images, as far as a file beside it says so. */
export interface Preprocessing {
  /** Of values from 0 to 1. */
  readonly mean: Triple;
  readonly std: Triple;
  /** Side of the square in pixels. */
  readonly size?: number;
  readonly interpolation?: "nearest" | "lanczos" | "bilinear" | "bicubic";
  /** Where this was found: a file. */
  readonly from: string;
}

const MAX_BYTES = 2 ** 20;

const triple = z.tuple([z.number(), z.number(), z.number()]);
const spread = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const side = z.number().int().positive().max(4096);
const sizes = z.union([side, z.looseObject({ height: side, width: side }), z.looseObject({ shortest_edge: side })]);

/** `preprocessor_config.json` of transformers and transformers.js. */
const transformersConfig = z.looseObject({
  image_mean: triple.optional(),
  image_std: spread.optional(),
  do_normalize: z.boolean().optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  size: sizes.optional(),
  crop_size: sizes.optional(),
  do_center_crop: z.boolean().optional(),
  resample: z.number().int().optional(),
});

/** `config.json` of timm. */
const timmConfig = z.looseObject({
  pretrained_cfg: z.looseObject({
    mean: triple,
    std: spread,
    input_size: z.tuple([z.literal(3), side, side]).optional(),
    interpolation: z.string().optional(),
  }),
});

/** Codes of Pillow's filters. */
const filters = ["nearest", "lanczos", "bilinear", "bicubic"] as const;

/**
 * What lies beside a model, or in the folder above as transformers.js has it, about the images it wants; undefined where
 * nothing does. It is never guessed: wrong values cost accuracy without a word.
 * @throws MaskconError "weights" where such a file cannot be understood
 */
export async function preprocessingBeside(model: string): Promise<Preprocessing | undefined> {
  for (const folder of [dirname(model), dirname(dirname(model))]) {
    for (const [name, read] of readers) {
      const file = join(folder, name);
      if (!(await stat(file).catch(() => undefined))?.isFile()) continue;
      const found = read(file, parseJson(await readText(file, MAX_BYTES), file, "weights"));
      if (found) return found;
    }
  }
  return undefined;
}

const readers = [
  ["preprocessor_config.json", fromTransformers],
  ["config.json", fromTimm],
] as const;

function fromTransformers(file: string, value: unknown): Preprocessing | undefined {
  const config = understood(file, transformersConfig, value);
  const rescaled = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  if (config.image_mean === undefined && config.do_normalize !== false) return undefined;
  const [mean, std]: [Triple, Triple] =
    config.do_normalize === false
      ? [
          [0, 0, 0],
          [1, 1, 1],
        ]
      : [config.image_mean!, config.image_std ?? [1, 1, 1]];
  // Values from 0 to 1 are bytes times 1 / 255; other factors go into mean and std.
  const share = 1 / (255 * rescaled);
  const scaled = (values: Triple): Triple => [values[0] * share, values[1] * share, values[2] * share];
  const size = sideOf(config.do_center_crop === false ? config.size : (config.crop_size ?? config.size));
  const interpolation = filters[config.resample ?? -1];
  const close = Math.abs(share - 1) < 1e-6;
  return {
    ...{ mean: close ? mean : scaled(mean), std: close ? std : scaled(std), from: file },
    ...(size !== undefined && { size }),
    ...(interpolation && { interpolation }),
  };
}

function fromTimm(file: string, value: unknown): Preprocessing | undefined {
  if (typeof value !== "object" || value === null || !("pretrained_cfg" in value)) return undefined;
  const { mean, std, input_size: input, interpolation: name } = understood(file, timmConfig, value).pretrained_cfg;
  const interpolation = filters.find((filter) => filter === name);
  return { mean, std, ...(input && { size: input[1] }), ...(interpolation && { interpolation }), from: file };
}

const sideOf = (size: z.infer<typeof sizes> | undefined): number | undefined =>
  typeof size === "number" ? size : ((size?.height ?? size?.shortest_edge) as number | undefined);

function understood<T>(file: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return fail("weights", {
    where: `${file}${issue!.path.length > 0 ? `, ${issue!.path.join(".")}` : ""}`,
    expected: "how images are prepared, as transformers or timm write it",
    found: issue!.message,
    fix: "mend it, or move it away and give --mean and --std",
  });
}
