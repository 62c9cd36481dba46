/**
 * Has ONNX Runtime report nothing: its Linux and macOS builds (since 1.29) tell Microsoft of every session and leave a device
 * identifier in the user's cache, unless this stands in the environment before the first session. What the user has
 * set stays. A worker thread's `process.env` is a copy that native code does not see: called there, it changes nothing.
 */
export function silenceTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}
