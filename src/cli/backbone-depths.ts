import { type BackboneFacts, checkJoinable, importPart, readForeignModel } from "../backbone/index.ts";
import { resolveConfig } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";

/** How far `maskcon train` trains a model. */
export interface Depths {
  /** Blocks from the last that it trains, `tail:1` to `tail:N`. */
  readonly blocks: number;
  /** What it says against a depth that it refuses. Of `tail` to one block more; none where there is no further one. */
  readonly refusals: { readonly head?: string; readonly tail?: string; readonly all?: string };
}

/**
 * Tries what `maskcon train` does with a model before it trains anything. A part of a model holds those of fewer blocks: of
 * them the largest that can be trained is sought.
 * @param facts its `cuts` are those that their operators allow
 * @param asked side in pixels, where somebody gave it
 */
export async function depthsOf({ file, output, imageSize, cuts }: BackboneFacts, asked?: number): Promise<Depths> {
  const options = { output: output.name, imageSize };
  const head = await refusal(async () => {
    resolveConfig({ flags: { backbone: file, imageSize: asked }, model: { imageSize } });
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
