import { fileURLToPath } from "node:url";
import { type ErrorCode, fail, urlIn } from "../core/index.ts";

/** Pictures within the text itself. */
const DATA = /^data:image\//i;

const SHOWN = 80;

/**
 * Refuses a URL in place of images' path: that nothing has its name says nothing.
 * @param path whether it may have been made absolute; then it leads to nothing
 * @throws MaskconError "data" where it is a URL, saying that images must be on disk
 */
export function refuseUrl(text: string, where: string, path = false): void {
  const url = urlOf(text, path);
  if (url === undefined) return;
  const { scheme, found } = url;
  fail("data", { where, expected: "a path: images must be on disk", found, fix: fixFor(scheme, url.text) });
}

/**
 * The same for any other file or folder that leads to nothing. Its path may have been made absolute.
 * @param kind what it should be
 * @throws MaskconError "data" where it is a URL; or the `code` given
 */
export function refuseUrlAs(kind: "file" | "folder", path: string, code: ErrorCode = "data"): void {
  const url = urlOf(path, true);
  if (url === undefined) return;
  const { scheme, found } = url;
  const fix = scheme === "file" ? `give ${pathOf(url.text)}` : `download it, and give the ${kind}`;
  fail(code, { expected: `the path of a ${kind} on disk`, found, fix });
}

function urlOf(given: string, path: boolean): { scheme: string; text: string; found: string } | undefined {
  const text = urlIn(given, path) ?? (DATA.test(given) ? given : undefined);
  if (text === undefined) return undefined;
  const scheme = text.slice(0, text.indexOf(":")).toLowerCase();
  return { scheme, text, found: `the URL ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}` };
}

function fixFor(scheme: string, url: string): string {
  if (scheme === "data") return "write the images into files, and give their paths";
  if (scheme === "file") return `give ${pathOf(url)}`;
  const tool = tools[scheme];
  return tool === undefined ? "download it, and give its path" : `download it (${tool}), and give the folder`;
}

const tools: Readonly<Record<string, string>> = {
  hf: "hf download --repo-type dataset NAME --local-dir FOLDER",
  s3: "aws s3 sync URL FOLDER",
  gs: "gcloud storage cp -r URL FOLDER",
};

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return "the path alone";
  }
}
