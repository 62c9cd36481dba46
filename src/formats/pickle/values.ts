/** What the accepted pickles are made of. Long byte strings are views into the file, never copies. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | FileSlice
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

/** numpy 2 calls the first by its new name. */
export const globalNames = [
  "numpy.core.multiarray _reconstruct",
  "numpy._core.multiarray _reconstruct",
  "numpy ndarray",
  "numpy dtype",
] as const;
export type GlobalName = (typeof globalNames)[number];

/** Bytes left in a file that is read through a tape. */
export class FileSlice {
  readonly offset: number;
  readonly length: number;
  constructor(offset: number, length: number) {
    this.offset = offset;
    this.length = length;
  }
}

/** numpy's unsigned byte (images), or its double (downsampled ImageNet's mean image): the only dtypes the files use. */
export class Dtype {
  readonly code: DtypeCode;
  constructor(code: DtypeCode) {
    this.code = code;
  }
}
export const itemBytes = { u1: 1, f8: 8 } as const;
export type DtypeCode = keyof typeof itemBytes;

/** An array in row-major order; empty until its BUILD. */
export class NdArray {
  code: DtypeCode = "u1";
  shape: readonly number[] = [];
  bytes: Uint8Array | FileSlice = new Uint8Array(0);
}
