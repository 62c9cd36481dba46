import type { ImportedPart } from "../backbone/index.ts";
import type { ParameterGroups } from "../step/index.ts";

/** Layers of different rates: a model of more blocks has several in one, as ConvNeXt's recipe for fine-tuning does. */
const MOST_LAYERS = 12;

/** Learning rates of a model that is trained behind its head. */
export interface TrunkRates {
  /** Learning rate of each block as a share of that of the block behind it; 1 by default, 0.75 in the preset `finetune`. */
  readonly layerDecay?: number | undefined;
  /** Of what is trained behind the model, times the learning rate; 1 by default, 10 in that preset. */
  readonly headRate?: number | undefined;
}

/** Each block at a lower rate than the one behind it, and what lies behind the model at another one. */
export function trunkGroups(
  { parameters, blocks }: Pick<ImportedPart, "parameters" | "blocks">,
  { layerDecay = 1, headRate = 1 }: TrunkRates,
): ParameterGroups {
  const layer = (block: number) => (blocks > MOST_LAYERS ? (block * (MOST_LAYERS - 1)) / (blocks - 1) : block);
  const own = parameters.map(({ name, block, decays }) => {
    return [`net.trunk.${name}`, { rateScale: layerDecay ** layer(block), decays }] as const;
  });
  const head = { rateScale: headRate };
  return { ...Object.fromEntries(own), "net.adapter.": head, "projector.": head, "classifier.": head };
}
