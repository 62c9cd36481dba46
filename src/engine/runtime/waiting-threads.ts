/**
 * Session options by which the threads of ONNX Runtime sleep while they have no work, where `MASKCON_SPIN=0` asks for it.
 * Without it they spin: a little faster alone, and slower wherever something else wants the cores.
 */
export const waitingThreads = () =>
  globalThis.process?.env?.MASKCON_SPIN === "0" ? { intra_op: { allow_spinning: "0" } } : {};
