import { build } from "esbuild";
import { type Browser, chromium, type Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExecutor } from "../../src/engine/runtime/node.ts";
import { disagreements, runTrial } from "../conformance/step-trial.ts";
import { CHROMIUM_FLAGS, chromiumPath } from "./chromium.ts";
import type { Page } from "./page.ts";
import { bundlePage, servePage } from "./serve.ts";

const executable = chromiumPath();
if (!executable)
  console.warn("SKIPPED: no Chromium on this machine; nothing is tested in a page (set CHROMIUM to its path)");

const softwareGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

test("everything a page imports is free of Node", async () => {
  const { metafile } = await build({
    entryPoints: [new URL("../../src/browser.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    external: ["node:*", "onnxruntime-*"],
    logLevel: "error",
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  expect(new Set(imported.map(({ path }) => path))).toEqual(new Set(["onnxruntime-web/webgpu"]));
});

describe.skipIf(!executable)("in a page of headless Chromium", () => {
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    server = await servePage(await bundlePage());
    browser = await chromium.launch({ executablePath: executable!, args: [...CHROMIUM_FLAGS, ...softwareGpu] });
    tab = await browser.newPage();
    await openPage(tab);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const openPage = async (page: Tab) => {
    await page.goto(server.url);
    await page.waitForFunction(() => "page" in globalThis);
  };
  const call = <K extends keyof Page>(method: K, ...parameters: Parameters<Page[K]>) =>
    tab.evaluate(
      ([name, list]) => {
        const { page } = globalThis as unknown as { page: Record<string, (...p: unknown[]) => unknown> };
        return page[name]!(...list);
      },
      [method, parameters] as const,
    ) as ReturnType<Page[K]>;

  test.each(["cpu", "webgpu"] as const)("conformance on %s", async (device) => {
    const { trials, problems, fallbacks } = await call("suite", device);
    expect(problems).toEqual([]);
    expect(fallbacks).toEqual([]);
    expect(trials).toBeGreaterThan(40);
  });

  test("a MaskCon step trains as in Node", async () => {
    const steps = 2;
    const node = await runTrial({ open: createExecutor, blockSize: async () => 0 }, "cpu", steps);
    for (const device of ["cpu", "webgpu"] as const) {
      const page = await call("trial", device, steps);
      expect(disagreements(page, node)).toEqual([]);
      if (device === "webgpu") expect(page.fallbacks.step).toEqual([]);
    }
  });

  test("a device that is not there is refused", async () => {
    expect(await call("refusal", "cuda")).toMatch(/^MaskconError: device cuda: /);
    const plain = await chromium.launch({ executablePath: executable!, args: [...CHROMIUM_FLAGS, "--disable-gpu"] });
    try {
      tab = await plain.newPage();
      await openPage(tab);
      expect(await call("refusal", "webgpu")).toMatch(/^MaskconError: device webgpu: .*; use a browser with WebGPU/);
    } finally {
      await plain.close();
    }
  });
});
