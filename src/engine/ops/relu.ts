import { elementwise } from "./elementwise.ts";
import { throughRelu } from "./relu-gradient.ts";

/** The gradient is zero at zero, as in PyTorch. */
export const relu = elementwise("relu", "Relu", (graph, { outputs: [y] }, [dy]) => [throughRelu(graph, dy!, y!)]);
