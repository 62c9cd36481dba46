import {
  Dtype,
  type DtypeCode,
  FileSlice,
  Global,
  type GlobalName,
  itemBytes,
  NdArray,
  type PickleValue,
  Tuple,
} from "./values.ts";

/** The two calls the files make: `_reconstruct(ndarray, (0,), 'b')` and `dtype('u1', 0, 1)`. Undefined: anything else. */
export function reduce(callable: PickleValue, args: PickleValue): Dtype | NdArray | undefined {
  if (!(args instanceof Tuple)) return undefined;
  const [first, second, third] = args.items;
  if (isGlobal(callable, "numpy dtype")) {
    return isCode(first) && args.items.length === 3 ? new Dtype(first) : undefined;
  }
  const reconstruct = ["numpy.core", "numpy._core"] as const;
  if (!reconstruct.some((core) => isGlobal(callable, `${core}.multiarray _reconstruct`))) return undefined;
  const empty = second instanceof Tuple && second.items.length === 1 && second.items[0] === 0;
  return isGlobal(first, "numpy ndarray") && empty && isB(third) ? new NdArray() : undefined;
}

const isGlobal = (value: PickleValue | undefined, name: GlobalName) => value instanceof Global && value.name === name;

const isCode = (value: PickleValue | undefined): value is DtypeCode =>
  typeof value === "string" && Object.hasOwn(itemBytes, value);

/** The type code that NumPy gives the empty array it fills later: text in Python 2, bytes in Python 3. */
const isB = (value: PickleValue | undefined) =>
  value === "b" || (value instanceof Uint8Array && value.length === 1 && value[0] === 0x62);

/** Gives an array its content, or a dtype its (only possible) state: little-endian. False: refused. */
export function build(target: PickleValue | undefined, state: PickleValue): boolean {
  if (!(state instanceof Tuple)) return false;
  if (target instanceof Dtype) return state.items.length === 8 && state.items[1] === (target.code === "u1" ? "|" : "<");
  if (!(target instanceof NdArray)) return false;
  const [version, shape, dtype, fortranOrder, bytes] = state.items;
  if (version !== 1 || !(shape instanceof Tuple) || !(dtype instanceof Dtype) || fortranOrder !== false) return false;
  const content = typeof bytes === "string" ? Uint8Array.from(bytes, (c) => c.charCodeAt(0)) : bytes;
  const sizes = shape.items;
  if (!(content instanceof Uint8Array || content instanceof FileSlice)) return false;
  if (!sizes.every((n): n is number => typeof n === "number" && n >= 0)) return false;
  if (sizes.reduce((product, n) => product * n, itemBytes[dtype.code]) !== content.length) return false;
  target.code = dtype.code;
  target.shape = sizes;
  target.bytes = content;
  return true;
}
