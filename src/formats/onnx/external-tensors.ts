import { Message } from "./message.ts";
import type { OnnxFileTensor } from "./onnx-model.ts";
import type { Extent, ProtobufFile } from "./protobuf.ts";
import { readTensor } from "./read-tensor.ts";

/** The fields of a kind of message that are tensors, or hold messages that do. */
interface TensorFields {
  readonly [field: number]: "tensor" | TensorFields;
}

const sparseTensorProto: TensorFields = { 1: "tensor", 2: "tensor" };
const attributeProto: TensorFields = {
  5: "tensor",
  get 6() {
    return graphProto;
  },
  10: "tensor",
  get 11() {
    return graphProto;
  },
  22: sparseTensorProto,
  23: sparseTensorProto,
};
const nodeProto: TensorFields = { 5: attributeProto };
const graphProto: TensorFields = { 1: nodeProto, 5: "tensor", 15: sparseTensorProto };
const trainingInfoProto: TensorFields = { 1: graphProto, 2: graphProto };
const functionProto: TensorFields = { 7: nodeProto, 11: attributeProto };
const modelProto: TensorFields = { 7: graphProto, 20: trainingInfoProto, 25: functionProto };

/** `TensorProto.data_location`, and its value for another file. */
const [DATA_LOCATION, EXTERNAL] = [14, 1];
/** A graph in a graph is three messages down; `readOnnx` takes eight. */
const MAX_DEPTH = 40;

/** Tensors whose numbers lie in other files, in every place where a model may have one: ONNX Runtime would open the file. */
export async function externalTensors(file: ProtobufFile): Promise<OnnxFileTensor[]> {
  const found: OnnxFileTensor[] = [];
  const visit = async (extent: Extent, kind: TensorFields, depth: number): Promise<void> => {
    if (depth === 0) file.refuse(extent.offset, `messages in at most ${MAX_DEPTH} others`, "more");
    for (const field of await file.fields(extent)) {
      const within = kind[field.number];
      if (within === undefined) continue;
      if (within !== "tensor") await visit(file.extent(field), within, depth - 1);
      else {
        const tensor = await Message.read(file, file.extent(field));
        if (tensor.whole(DATA_LOCATION) === EXTERNAL) found.push(await readTensor(tensor));
      }
    }
  };
  await visit(file.whole, modelProto, MAX_DEPTH);
  return found;
}
