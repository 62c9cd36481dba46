/**
 * Turns ONNX Runtime's telemetry off. Its Linux and macOS builds (since 1.29) report every session to Microsoft and
 * leave a device identifier in the user's cache, unless this variable is set before the first session. A value that
 * the user has set stays. A worker thread's `process.env` is a copy that native code does not see, so a call there
 * has no effect.
 */
export function silenceTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}
