import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const runtimeFolder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));

/** The page's script with everything it imports, but ONNX Runtime's Wasm files. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** Serves the page, its script and ONNX Runtime's files on a free port of 127.0.0.1: WebGPU asks for a secure origin. */
export async function servePage(script: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? "";
    const send = (type: string, body: string | Buffer) => response.writeHead(200, { "content-type": type }).end(body);
    if (name === "") send("text/html", '<!doctype html><script type="module" src="/page.js"></script>');
    else if (name === "page.js") send("text/javascript", script);
    else if (!/^ort-wasm[\w.-]+\.(wasm|mjs)$/.test(name)) response.writeHead(404).end();
    else
      send(name.endsWith("wasm") ? "application/wasm" : "text/javascript", await readFile(join(runtimeFolder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
