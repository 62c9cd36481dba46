import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // For the tests that use the runtime itself; ours asks for it (src/engine/runtime/telemetry.ts).
    env: { ORT_DISABLE_TELEMETRY: "1" },
    maxWorkers: 2,
    // CI counts the tests from the JSON (.ci/run).
    reporters: process.env.CI ? ["default", ["json", { outputFile: "node_modules/.cache/tests.json" }]] : ["default"],
  },
});
