import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { etag } from "hono/etag";
import { fail } from "../../core/index.ts";
import type { ServerApp } from "../../http/index.ts";

/** The page's files by path; there are no others. */
const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/studio.js": { file: "studio.js", type: "text/javascript; charset=utf-8" },
  "/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
  "/icon.svg": { file: "icon.svg", type: "image/svg+xml" },
  "/licences.txt": { file: "licences.txt", type: "text/plain; charset=utf-8" },
};

/** Where the package's build puts them. */
const builtPage = fileURLToPath(new URL("../ui", import.meta.url));

/**
 * The page and its script.
 * @param folder of the bundle; default: that of the package
 * @throws MaskconError "usage" where it is not there
 */
export async function pageRoutes(app: ServerApp, folder = builtPage): Promise<void> {
  for (const [path, { file, type }] of Object.entries(files)) {
    const bytes = await readFile(join(folder, file)).catch(() => refuseMissing(folder, file));
    const tag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    app.get(path, etag({ generateDigest: () => new TextEncoder().encode(tag).buffer as ArrayBuffer }), (c) =>
      c.body(new Uint8Array(bytes), 200, { "Content-Type": type, "Cache-Control": "no-cache" }),
    );
  }
}

function refuseMissing(folder: string, file: string): never {
  const expected = "the page that the package's build makes";
  return fail("usage", { where: folder, expected, found: `no ${file}`, fix: "run npm run build" });
}
