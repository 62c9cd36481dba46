/** A value of a MAT file: an array of any dimensions, its items in MATLAB's order (the first index runs fastest). */
export type MatValue =
  | { readonly kind: "numbers"; readonly dims: readonly number[]; readonly values: readonly number[] }
  | { readonly kind: "text"; readonly dims: readonly number[]; readonly text: string }
  | { readonly kind: "cell"; readonly dims: readonly number[]; readonly items: readonly MatValue[] }
  /** `fields`: each field's values, one for every struct of the array. */
  | {
      readonly kind: "struct";
      readonly dims: readonly number[];
      readonly length: number;
      readonly fields: ReadonlyMap<string, readonly MatValue[]>;
    };

/** Top-level variables by name. */
export type MatFile = ReadonlyMap<string, MatValue>;
