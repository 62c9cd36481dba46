import { fail } from "../../../core/index.ts";
import type { Scan } from "../../collections/scan.ts";
import type { NamedSet } from "../named-set.ts";
import { checkImagenet32 } from "./check-imagenet32.ts";
import { openImagenet32, TEST, TRAIN } from "./imagenet32.ts";
import { COARSE_MAP, FINE_MAP, imagenet32Origin } from "./imagenet32-files.ts";

const batches = TRAIN.flatMap((base) => [base, `${base}.npz`]);
const hints = [TEST, `${TEST}.npz`];

/** Downsampled ImageNet, 32 x 32 (Chrabaszcz et al. 2017), with the coarse classes of the official MaskCon code. */
export const imagenet32: NamedSet<"imagenet32"> = {
  names: ["imagenet32"],
  signs: batches.map((batch) => [batch]),
  folders: [],
  parts: [...hints, FINE_MAP, COARSE_MAP],
  hints,
  origin: () => imagenet32Origin,
  open: ({ path, names }, options) => openImagenet32(path, names, options),
  check: ({ path, names }, _, signal) => checkImagenet32(path, names, signal),
  refusePart: refuseInside,
};

/** More names than a folder has that an archive was unpacked in. */
const MAX_NAMES = 256;

/** The batches may lie one deeper, as their archives' names suggest to unpack them. */
async function refuseInside(scan: Scan): Promise<void> {
  for (const name of scan.folders.slice(0, MAX_NAMES)) {
    const inside = await scan.inside(name);
    if (!batches.some((batch) => inside.names.includes(batch))) continue;
    fail("data", {
      where: scan.path,
      expected: "the batches of imagenet32 in it",
      found: `them in ${name}`,
      fix: `give ${inside.path}, where ${TEST} and the two label maps belong too`,
    });
  }
}
