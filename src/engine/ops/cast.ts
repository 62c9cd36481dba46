import type { OpDefinition } from "./definition.ts";

/** TensorProto.DataType of the dtypes a cast can produce. */
const onnxTypes = { float32: 1, int32: 6, bool: 9 } as const;

export const cast: OpDefinition<"cast"> = {
  infer: ([x], { to }) => [{ dtype: to, shape: x!.shape }],
  lower(emit, { inputs: [x], outputs: [y], attributes }) {
    emit.definePlain(y!, emit.node("Cast", [emit.plain(x!)], { to: onnxTypes[attributes.to] }));
  },
};
