import { type Shape, sameShape, showShape, type TensorData } from "../core/index.ts";

/** A tensor that has an expected name and cannot be taken. */
interface Misfit {
  readonly text: string;
  readonly fix: string;
}

const ANOTHER_BACKBONE = "choose the backbone that these weights were made for";

/** What keeps a tensor from being taken; empty where nothing does. */
export function misfit(name: string, tensor: TensorData | undefined, shape: Shape): Misfit[] {
  if (tensor === undefined) return [];
  if (!sameShape(tensor.shape, shape)) {
    const text = `${name} of shape ${showShape(tensor.shape)} instead of ${showShape(shape)}`;
    return [{ text, fix: ANOTHER_BACKBONE }];
  }
  if (tensor.dtype !== "float32") {
    return [{ text: `${name} of ${tensor.dtype} instead of float32`, fix: "save these weights as float32" }];
  }
  if (tensor.data.every(Number.isFinite)) return [];
  return [{ text: `${name} with values that are not finite`, fix: "give weights of a training that did not diverge" }];
}

/** A tensor of a ResNet's block by torchvision's names, whichever its depth. */
const ofBlock = /^layer\d+\.\d+\.(conv\d|bn\d|downsample\.\d)\./;

/** What to do, by the cause: other names, another depth or width, a single tensor. */
export function advice({ wanted, missing, unexpected, misfits }: Mismatch): string {
  if (missing.length > wanted.length / 2) {
    return "give a ResNet's weights by torchvision's names (conv1.weight, layer1.0.conv1.weight, …), or rename them so";
  }
  const absent = new Set(missing);
  const blockOf = (name: string) => name.split(".", 2).join(".");
  const present = new Set(wanted.filter((name) => !absent.has(name)).map(blockOf));
  const wholeBlock = missing.some((name) => ofBlock.test(name) && !present.has(blockOf(name)));
  if (wholeBlock || unexpected.some((name) => ofBlock.test(name))) return ANOTHER_BACKBONE;
  if (misfits.length > 0) return misfits.find(({ fix }) => fix === ANOTHER_BACKBONE)?.fix ?? misfits[0]!.fix;
  if (missing.length === 0) return "take the unexpected tensors out of the file";
  if (unexpected.length > 0) return "give the unexpected tensors the names of the missing ones";
  return "save all weights of the backbone; these are not in the file";
}

interface Mismatch {
  readonly wanted: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misfits: readonly Misfit[];
}
