import { fail } from "../core/index.ts";
import { type ModelConfig, openModel } from "../run/index.ts";
import { adapterIn, compileKeyEncoder, type KeyEncoder, type KeyEncoderOptions, trunkIn } from "../step/index.ts";

type HeadOptions = Omit<KeyEncoderOptions, "backbone" | "imageSize">;

/**
 * The encoder of keys behind a model from a file: the model, and the adapter of the tensors that are loaded.
 * @param digest `RunRecord.model`: another model is refused
 */
export async function openModelKeyEncoder(
  config: ModelConfig,
  options: HeadOptions,
  digest: string | undefined,
): Promise<KeyEncoder> {
  let model = await openModel(config, digest);
  let head: KeyEncoder | undefined;
  const loaded = (): KeyEncoder =>
    head ?? fail("weights", { where: "key encoder", expected: "weights", found: "none", fix: "call load first" });
  return {
    get dim() {
      return loaded().dim;
    },
    async load(tensors, prefix) {
      const backbone = adapterIn(tensors);
      if (!backbone) fail("weights", { where: "key encoder", expected: "the tensors of an adapter", found: "none" });
      const next = await compileKeyEncoder({ ...options, backbone, imageSize: config.imageSize });
      await head?.close();
      head = next;
      await next.load(tensors, prefix);
      const own = Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name.replace(prefix, "query_encoder."), tensor]),
      );
      if (trunkIn(own).size === 0) return;
      await model.close();
      model = await openModel(config, digest, own);
    },
    keys: async (images) => loaded().keys(await model.embed(images)),
    async close() {
      await head?.close();
      await model.close();
    },
  };
}
