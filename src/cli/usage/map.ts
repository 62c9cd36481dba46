import { Command } from "commander";
import type { MapFlags } from "../map.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("map")
    .description("Place a collection's images in the plane, like beside like; new images go among their nearest.")
    .argument("<collection>", "folder of the collection")
    .option("--by <encoder>", "near by the trained encoder, or by the frozen one", "trained")
    .option("--seed <n>", "of the map; another seed makes another map")
    .option("--anew", "lay all images out anew")
    .option("--json", "print JSON, with each image's place")
    .action(async (folder: string, flags: MapFlags) => (await import("../map.ts")).mapCommand(folder, flags, terminal));
}
