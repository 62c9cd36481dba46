export { externalFiles, tensorsOf } from "./external-data.ts";
export { MessagePieces, type Piece } from "./message-pieces.ts";
export { type GraphParts, type ModelParts, type NodePart, readParts } from "./model-parts.ts";
export type * from "./onnx-model.ts";
export { type Field, ProtobufFile } from "./protobuf.ts";
export { readOnnx } from "./read-onnx.ts";
export { allNames, RenamingCopy } from "./value-names.ts";
export { type NewNode, nodeMessage, tensorMessage, valueMessage } from "./write-parts.ts";
export { bytesOfPieces } from "./write-pieces.ts";
