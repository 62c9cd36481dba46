/** What the accepted pickles are made of. Long byte strings are views into the file, never copies. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleList
  | PickleDict
  | Tuple
  | Global
  | Dtype
  | NdArray;
export type PickleList = PickleValue[];
export type PickleDict = Map<string, PickleValue>;

export class Tuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A name that a pickle may mention. Nothing is ever looked up or called by it. */
export class Global {
  readonly name: GlobalName;
  constructor(name: GlobalName) {
    this.name = name;
  }
}

export const globalNames = ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"] as const;
export type GlobalName = (typeof globalNames)[number];

/** numpy's unsigned byte, the only dtype the files use. */
export class Dtype {
  readonly name = "uint8";
}

/** An array of bytes in row-major order; `shape` and `bytes` are empty until its BUILD. */
export class NdArray {
  shape: readonly number[] = [];
  bytes: Uint8Array = new Uint8Array(0);
}
