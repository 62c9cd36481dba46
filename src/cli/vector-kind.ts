import type { VectorKind } from "../collection/index.ts";
import { fail } from "../core/index.ts";

/** @throws MaskconError "usage" where it is neither */
export function kindOf(by: string): VectorKind {
  if (by === "trained" || by === "frozen") return by;
  return fail("usage", { where: "--by", expected: "trained or frozen", found: JSON.stringify(by) });
}
