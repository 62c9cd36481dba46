import {
  type BackboneFacts,
  type BackboneOptions,
  backboneFacts,
  checkJoinable,
  importPart,
  readForeignModel,
} from "../backbone/index.ts";
import { resolveConfig } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";

/** What a foreign model is, and how far it can be trained. */
export interface BackboneDescription extends BackboneFacts {
  /**
   * What `train` says against a depth that it refuses. Of `tail` to one block more than `cuts` has; none where there is no
   * further one. Where `head` is refused, the model does not serve at all.
   */
  readonly refusals: { readonly head?: string; readonly tail?: string; readonly all?: string };
}

/**
 * Looks at an ONNX file as a backbone, as `maskcon backbone FILE --json` prints it: reads what it says of itself, runs it on
 * one black image, and tries what `train` does with it before it trains anything. `cuts` are those that can be trained: the
 * n-th is where `tail:n` begins.
 * @throws MaskconError "weights" where it is no model of images that ONNX Runtime computes, "usage" where an option does not fit it
 */
export async function inspectBackbone(file: string, options: BackboneOptions = {}): Promise<BackboneDescription> {
  const facts = await backboneFacts(file, options);
  const { blocks, refusals } = await depthsOf(facts, options);
  return { ...facts, cuts: facts.cuts.slice(0, blocks), refusals };
}

interface Depths extends Pick<BackboneDescription, "refusals"> {
  /** Blocks from the last that are trained, `tail:1` to `tail:N`. */
  readonly blocks: number;
}

/** A part of a model holds those of fewer blocks: of them the largest that can be trained is sought. */
async function depthsOf({ file, output, imageSize, cuts }: BackboneFacts, asked: BackboneOptions): Promise<Depths> {
  const options = { output: output.name, imageSize, pooling: asked.pooling };
  const head = await refusal(async () => {
    resolveConfig({ flags: { backbone: file, imageSize: asked.imageSize }, model: { imageSize } });
    await checkJoinable(await readForeignModel(file, options));
  });
  if (head) return { blocks: 0, refusals: { head: head.message, tail: head.message, all: head.message } };
  const attempt = (cut: "all" | number) => refusal(() => importPart(file, { ...options, cut }));
  const all = await attempt("all");
  let blocks = 0;
  let refused = cuts.length + 1;
  let tail: MaskconError | undefined;
  for (let next = cuts.length; refused - blocks > 1; next = Math.floor((blocks + refused) / 2)) {
    const problem = await attempt(next);
    if (problem) [refused, tail] = [next, problem];
    else blocks = next;
  }
  tail ??= await attempt(refused);
  // "usage": it has no such block.
  const isEnd = tail?.code === "usage";
  return { blocks, refusals: { ...(tail && !isEnd && { tail: tail.message }), ...(all && { all: all.message }) } };
}

async function refusal(work: () => Promise<unknown>): Promise<MaskconError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof MaskconError) return error;
    throw error;
  }
}
