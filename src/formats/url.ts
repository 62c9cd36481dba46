import { fileURLToPath } from "node:url";
import { type ErrorCode, fail } from "../core/index.ts";

const URL_TEXT = /^([a-z][a-z\d+.-]+):\/\/.*$/is;
/** A URL that was made absolute as a path: `/home/me/https:/host/name`. */
const URL_AS_PATH = /(?:^|[\\/])(https?|ftp|s3|gs|hf|file|az|abfss?):[\\/]+(.*)$/is;
/** Pictures within the text itself. */
const DATA = /^(data):image\//i;

const SHOWN = 80;

/**
 * Refuses a URL in place of images' path: that nothing has its name says nothing.
 * @param path whether it may have been made absolute; then it leads to nothing
 * @throws MaskconError "data" where it is a URL, saying that images must be on disk
 */
export function refuseUrl(text: string, where: string, path = false): void {
  const url = urlIn(text, path);
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
  const url = urlIn(path, true);
  if (url === undefined) return;
  const { scheme, found } = url;
  const fix = scheme === "file" ? `give ${pathOf(url.text)}` : `download it, and give the ${kind}`;
  fail(code, { expected: `the path of a ${kind} on disk`, found, fix });
}

function urlIn(text: string, path: boolean): { scheme: string; text: string; found: string } | undefined {
  const [, made, rest] = (path && URL_AS_PATH.exec(text)) || [];
  const url = made === undefined ? text : `${made}://${rest!.replaceAll("\\", "/")}`;
  const scheme = (URL_TEXT.exec(url) ?? DATA.exec(url))?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  return { scheme, text: url, found: `the URL ${url.length > SHOWN ? `${url.slice(0, SHOWN)}…` : url}` };
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
