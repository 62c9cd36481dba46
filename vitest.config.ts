import { configDefaults, defineConfig } from "vitest/config";
import SlowFirst from "./test/slow-first.ts";

/** Files that need a process of their own: they put modules of theirs in the place of ours, or close a browser behind them. */
const apart = [
  "src/cli/demo-images.test.ts",
  "src/collection/open-thumbnails.test.ts",
  "src/data/images/known-images.test.ts",
  "test/studio/*.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "apart", include: apart } },
      // The others share two processes: to start one and to load the sources takes half a second a file.
      {
        extends: true,
        test: {
          name: "together",
          include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...apart],
          isolate: false,
        },
      },
    ],
    // Compile the kernels, and what threads and commands load, where they are not yet.
    globalSetup: ["tools/pixels/build.mjs", "test/compiled-sources.ts"],
    setupFiles: ["test/equal-arrays.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A page on a busy machine takes longer than the second that is usual.
    expect: { poll: { timeout: 10_000 } },
    pool: "forks",
    // The first is for the tests that use the runtime itself; ours asks for it (src/engine/runtime/telemetry.ts). Two files at
    // a time share the cores: their threads must not spin (src/engine/runtime/waiting-threads.ts). With the next, servers of
    // tests are asked without the proxy that the machine may have; with the last, runs without a backbone
    // find none in the environment.
    env: {
      ORT_DISABLE_TELEMETRY: "1",
      MASKCON_SPIN: "0",
      NO_PROXY: "127.0.0.1",
      no_proxy: "127.0.0.1",
      MASKCON_BACKBONE: "",
    },
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    // CI counts the tests from the JSON (.ci/run).
    reporters: process.env.CI ? ["default", ["json", { outputFile: "node_modules/.cache/tests.json" }]] : ["default"],
  },
});
