export { gradients } from "./autodiff/index.ts";
export {
  Graph,
  type Node,
  type OpAttributes,
  type OpName,
  printGraph,
  type Value,
  type ValueType,
} from "./graph/index.ts";
export {
  inExecutionOrder,
  type KernelChoice,
  type KernelPlan,
  type Lowered,
  type LoweringOptions,
  lower,
  lowerToBytes,
} from "./lowering/index.ts";
export { checkStructure, type OnnxModel, type OnnxNode, type OnnxTensor, readModel, writeModel } from "./onnx/index.ts";
export { ops } from "./ops/index.ts";
export {
  type Arrays,
  type Device,
  type Executor,
  type ExecutorOptions,
  type OnnxRuntime,
  type Program,
  ResidentExecutor,
  type StateSlot,
  silenceTelemetry,
  stateInput,
  stateOutput,
} from "./runtime/index.ts";
