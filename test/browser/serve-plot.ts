import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** As the Studio's pages have it. */
const POLICY = "default-src 'self'; object-src 'none'";
const ALONE = `html, body { height: 100% }
#map { position: relative; display: flex; height: 100% }
#map > .map-layer { position: absolute }`;

/** Chromium draws WebGL on the processor with these. */
export const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

const sourceOf = (path: string) => fileURLToPath(new URL(`../../src/studio/ui/${path}`, import.meta.url));

export interface PlotFiles {
  /** `/places`, float32 [n, 2], and `/classes`, int32 [n]. */
  readonly places?: Float32Array;
  readonly classes?: Int32Array;
  /** A picture as PNG, for each point. */
  readonly picture?: (point: number) => Buffer | undefined;
}

/** Serves a page with `openTrial` of src/studio/ui/map/plot-trial.ts on a free port. */
export async function servePlot(files: PlotFiles = {}): Promise<{ url: string; close(): Promise<void> }> {
  const { outputFiles } = await build({
    entryPoints: [sourceOf("map/plot-trial.ts"), sourceOf("style.css")],
    outdir: "out",
    ...{ jsx: "automatic", jsxImportSource: "preact" },
    ...{ bundle: true, write: false, format: "esm", platform: "browser", target: "es2022", logLevel: "error" },
  });
  const [script, style] = [".js", ".css"].map((ending) => outputFiles.find(({ path }) => path.endsWith(ending))!.text);
  const page =
    '<!doctype html><link rel="stylesheet" href="/style.css"><body><div id="map"></div><script type="module" src="/plot.js"></script>';
  const known: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>> = {
    "/": ["text/html", page],
    "/style.css": ["text/css", `${style}\n${ALONE}`],
    "/favicon.ico": ["image/x-icon", ""],
    "/plot.js": ["text/javascript", script!],
    ...(files.places && { "/places": ["application/octet-stream", bytesOf(files.places)] }),
    ...(files.classes && { "/classes": ["application/octet-stream", bytesOf(files.classes)] }),
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const picture = path.startsWith("/thumbnails/") ? files.picture?.(Number(path.slice(12))) : undefined;
    const found = picture ? (["image/png", picture] as const) : known[path];
    if (!found) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": found[0], "content-security-policy": POLICY }).end(found[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
