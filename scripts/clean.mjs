import { rmSync } from "node:fs";

for (const folder of ["dist", ".cache/declarations"]) {
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });
}
