import { Dtype, Global, type GlobalName, NdArray, type PickleValue, Tuple } from "./values.ts";

/** The two calls the files make: `_reconstruct(ndarray, (0,), 'b')` and `dtype('u1', 0, 1)`. Undefined: anything else. */
export function reduce(callable: PickleValue, args: PickleValue): Dtype | NdArray | undefined {
  if (!(args instanceof Tuple)) return undefined;
  const [first, second, third] = args.items;
  if (isGlobal(callable, "numpy dtype")) return first === "u1" && args.items.length === 3 ? new Dtype() : undefined;
  if (!isGlobal(callable, "numpy.core.multiarray _reconstruct")) return undefined;
  const empty = second instanceof Tuple && second.items.length === 1 && second.items[0] === 0;
  return isGlobal(first, "numpy ndarray") && empty && third === "b" ? new NdArray() : undefined;
}

const isGlobal = (value: PickleValue | undefined, name: GlobalName) => value instanceof Global && value.name === name;

/** Gives an array its content, or a dtype its (only possible) state. False: refused. */
export function build(target: PickleValue | undefined, state: PickleValue): boolean {
  if (!(state instanceof Tuple)) return false;
  if (target instanceof Dtype) return state.items.length === 8 && state.items[1] === "|";
  if (!(target instanceof NdArray)) return false;
  const [version, shape, dtype, fortranOrder, bytes] = state.items;
  if (version !== 1 || !(shape instanceof Tuple) || !(dtype instanceof Dtype) || fortranOrder !== false) return false;
  const content = typeof bytes === "string" ? Uint8Array.from(bytes, (c) => c.charCodeAt(0)) : bytes;
  const sizes = shape.items;
  if (!(content instanceof Uint8Array) || !sizes.every((n): n is number => typeof n === "number" && n >= 0))
    return false;
  if (sizes.reduce((product, n) => product * n, 1) !== content.length) return false;
  target.shape = sizes;
  target.bytes = content;
  return true;
}
