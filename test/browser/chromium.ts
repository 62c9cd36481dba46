import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser of this machine: the one that `CHROMIUM` names, or the system's; undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));

/** As root, and in containers, Chromium starts with these alone. */
export const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"];
